package io.penstock.worker.history;

import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobListener;
import io.penstock.common.history.ErrorFingerprint;
import io.penstock.common.history.HistoryConfig;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.HistoryState;
import io.penstock.common.history.StorableText;
import io.penstock.common.job.FailureKind;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.PayloadSecrets;
import io.penstock.worker.run.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns what happens to jobs into rows of the history, as the queue's policy says, and leaves them in the buffer. Called on
 * the claim loops: it cuts and copies texts, and that is all.
 */
@ApplicationScoped
public class HistoryRecorder implements JobListener {

    private final HistoryBuffer buffer;
    private final HistoryPolicies policies;
    private final HistoryWriter writer;
    private final Limits limits;
    private final Supplier<String> workerId;
    private final InstantSource clock;
    private final PayloadSecrets secrets;

    /** Characters of the texts of a row. */
    public record Limits(int error, int result, int payload) {

        public Limits {
            if (error < ErrorFingerprint.LOOKED_AT || result < 0 || payload < 0) {
                throw new IllegalArgumentException("penstock.history.error-limit must be at least "
                        + ErrorFingerprint.LOOKED_AT + ", result-limit and payload-limit at least 0");
            }
        }
    }

    @Inject
    public HistoryRecorder(
            HistoryBuffer buffer,
            HistoryPolicies policies,
            HistoryWriter writer,
            HistoryConfig config,
            Worker worker,
            PayloadSecrets secrets) {
        this(
                buffer,
                policies,
                writer,
                new Limits(config.errorLimit(), config.resultLimit(), config.payloadLimit()),
                worker::id,
                InstantSource.system(),
                secrets);
    }

    /** For programs without a bean container, and without secrets in payloads. */
    public HistoryRecorder(
            HistoryBuffer buffer,
            HistoryPolicies policies,
            HistoryWriter writer,
            Limits limits,
            Supplier<String> workerId,
            InstantSource clock) {
        this(buffer, policies, writer, limits, workerId, clock, PayloadSecrets.none());
    }

    HistoryRecorder(
            HistoryBuffer buffer,
            HistoryPolicies policies,
            HistoryWriter writer,
            Limits limits,
            Supplier<String> workerId,
            InstantSource clock,
            PayloadSecrets secrets) {
        this.buffer = buffer;
        this.policies = policies;
        this.writer = writer;
        this.limits = limits;
        this.workerId = workerId;
        this.clock = clock;
        this.secrets = secrets;
    }

    @Override
    public void on(JobEvent event) {
        if (event instanceof JobEvent.Completed e) {
            record(HistoryState.COMPLETED, e.queue(), e.job(), e.ran(), null, null, e.result());
        } else if (event instanceof JobEvent.AttemptFailed e) {
            record(HistoryState.FAILED, e.queue(), e.job(), e.ran(), e.error(), e.kind(), null);
        } else if (event instanceof JobEvent.Died e) {
            record(HistoryState.DEAD, e.queue(), e.job(), e.ran(), e.reason(), e.kind(), null);
        } else if (event instanceof JobEvent.Cancelled e) {
            record(HistoryState.CANCELLED, e.queue(), e.job(), e.ran(), null, null, null);
        } else if (event instanceof JobEvent.Expired e) {
            record(HistoryState.EXPIRED, e.queue(), e.job(), null, null, null, null);
        }
    }

    /** A null {@code ran} says that the job did not start. */
    private void record(
            HistoryState state,
            String queue,
            ClaimedJob job,
            @Nullable Duration ran,
            @Nullable String error,
            @Nullable FailureKind kind,
            @Nullable String result) {
        HistoryPolicies.Kept kept = policies.of(queue);
        if (kept.policy().keeps(state)) {
            writer.roused(buffer.add(row(state, queue, job, ran, error, kind, result, kept.payload())));
        }
    }

    private HistoryRow row(
            HistoryState state,
            String queue,
            ClaimedJob job,
            @Nullable Duration ran,
            @Nullable String error,
            @Nullable FailureKind kind,
            @Nullable String result,
            boolean withPayload) {
        Instant ended = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Instant started = ran == null ? null : ended.minus(ran).truncatedTo(ChronoUnit.MICROS);
        String storedResult = result == null ? null : StorableText.json(result, limits.result);
        String storedPayload = withPayload
                ? StorableText.json(String.valueOf(secrets.masked(job.type(), job.payload())), limits.payload)
                : null;
        return HistoryRow.builder(job.id(), queue, job.type(), state.wire(), job.enqueuedAt(), ended)
                .attempt(ran == null ? job.failedAttempts() : job.attempt())
                .maxAttempts(job.maxAttempts())
                .stalls(job.stalls())
                .priority(job.priority())
                .tenant(job.labels().tenant().orElse(null))
                .group(job.labels().group().orElse(null))
                .tags(job.labels().tags())
                .startedAt(started)
                .waitMs(
                        started == null
                                ? null
                                : Math.max(
                                        0,
                                        Duration.between(job.readyAt(), started).toMillis()))
                .runMs(ran == null ? null : ran.toMillis())
                .worker(workerId.get())
                .error(error == null ? null : StorableText.text(error, limits.error))
                .failureKind(kind)
                .result(storedResult)
                .payload(storedPayload)
                .shortened((error != null && error.length() > limits.error)
                        || (result != null && storedResult == null)
                        || (withPayload && storedPayload == null))
                .build();
    }
}
