package io.penstock.worker.history;

import io.penstock.common.history.HistoryConfig;
import io.penstock.common.history.HistoryPolicy;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.HistoryState;
import io.penstock.common.history.JobHistoryStore;
import io.penstock.common.history.StorableText;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.PayloadSecrets;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.RetainedEnds;
import io.penstock.worker.maintain.PartitionDuty;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows that their worker did not live to write, or did not know of because the answer to the end was lost: it
 * compares what Redis keeps of ended jobs with the history, a while after they ended, and writes what is missing. Such a
 * row lacks what the record does not hold: how long the job waited, and of a dead one when it ran.
 */
@ApplicationScoped
public class MissingRowsWriter implements PartitionDuty {

    private static final Logger LOG = Logger.getLogger(MissingRowsWriter.class);

    private static final Duration INTERVAL = Duration.ofMinutes(1);
    /** Beyond what a worker's own rows may wait while PostgreSQL answers. */
    private static final Duration SETTLE = Duration.ofMinutes(2);

    private final RetainedEnds ends;
    private final JobHistoryStore store;
    private final HistoryPolicies policies;
    private final HistoryMeters meters;
    private final HistoryRecorder.Limits limits;
    private final Duration settle;
    private final Duration turn;
    private final PayloadSecrets secrets;

    @Inject
    public MissingRowsWriter(
            RetainedEnds ends,
            JobHistoryStore store,
            HistoryPolicies policies,
            HistoryMeters meters,
            HistoryConfig config,
            PayloadSecrets secrets) {
        this(
                ends,
                store,
                policies,
                meters,
                new HistoryRecorder.Limits(config.errorLimit(), config.resultLimit(), config.payloadLimit()),
                SETTLE,
                INTERVAL,
                secrets);
    }

    /**
     * For programs without a bean container.
     *
     * @param settle ends younger than this are left for later
     * @param turn how long nobody else compares
     */
    public MissingRowsWriter(
            RetainedEnds ends,
            JobHistoryStore store,
            HistoryPolicies policies,
            HistoryMeters meters,
            HistoryRecorder.Limits limits,
            Duration settle,
            Duration turn) {
        this(ends, store, policies, meters, limits, settle, turn, PayloadSecrets.none());
    }

    MissingRowsWriter(
            RetainedEnds ends,
            JobHistoryStore store,
            HistoryPolicies policies,
            HistoryMeters meters,
            HistoryRecorder.Limits limits,
            Duration settle,
            Duration turn,
            PayloadSecrets secrets) {
        this.ends = ends;
        this.store = store;
        this.policies = policies;
        this.meters = meters;
        this.limits = limits;
        this.settle = settle;
        this.turn = turn;
        this.secrets = secrets;
    }

    @Override
    public String name() {
        return "compare ended jobs with the history";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public Uni<Void> runOnce(QueuePolicy policy, int partition) {
        return policies.of(policy.queue()).policy() == HistoryPolicy.NONE
                ? Uni.createFrom().voidItem()
                : ends.next(policy, partition, turn, settle)
                        .chain(page -> page.isPresent()
                                ? compare(policy, partition, page.get())
                                : Uni.createFrom().voidItem());
    }

    private Uni<Void> compare(QueuePolicy policy, int partition, RetainedEnds.Page page) {
        return written(policy, page)
                .chain(written -> written
                        ? ends.passed(policy, partition, page)
                        : Uni.createFrom().voidItem());
    }

    /** False: later. That PostgreSQL is away is no fault of this worker, and the writer of its own rows says so. */
    private Uni<Boolean> written(QueuePolicy policy, RetainedEnds.Page page) {
        HistoryPolicies.Kept kept = policies.of(policy.queue());
        List<HistoryRow> rows = page.ends().stream()
                .map(end -> row(kept, end))
                .filter(Objects::nonNull)
                .toList();
        return store.missing(rows)
                .chain(missing -> new BatchWrite(store, meters, () -> {})
                        .write(missing)
                        .invoke(written -> {
                            if (written > 0) {
                                meters.repaired(written);
                                LOG.infof(
                                        "history: %d rows of queue %s were missing and are written from what the queue keeps",
                                        written, policy.queue());
                            }
                        }))
                .replaceWith(true)
                .onFailure()
                .recoverWithItem(failure -> {
                    LOG.debugf("history: queue %s is compared later: %s", policy.queue(), failure.getMessage());
                    return false;
                });
    }

    private @Nullable HistoryRow row(HistoryPolicies.Kept kept, JobView end) {
        String state = end.state().name().toLowerCase(Locale.ROOT);
        Optional<HistoryState> known = HistoryState.ofWire(state);
        Instant endedAt = end.finishedAt();
        Instant enqueuedAt = end.enqueuedAt();
        if (known.isEmpty() || !kept.policy().keeps(known.get()) || endedAt == null || enqueuedAt == null) {
            return null;
        }
        String error = end.state() == JobState.DEAD ? end.error() : null;
        String result = end.result() == null ? null : StorableText.json(end.result(), limits.result());
        String shown = kept.payload() ? secrets.masked(end.type(), end.payload()) : null;
        String payload = shown == null ? null : StorableText.json(shown, limits.payload());
        return HistoryRow.builder(end.id(), end.queue(), end.type(), state, enqueuedAt, endedAt)
                .attempt(end.attempts())
                .maxAttempts(end.maxAttempts())
                .stalls(end.stalls())
                .priority(end.priority())
                .tenant(end.labels().tenant().orElse(null))
                .group(end.labels().group().orElse(null))
                .tags(end.labels().tags())
                .startedAt(end.startedAt())
                .runMs(
                        end.startedAt() == null
                                ? null
                                : Math.max(
                                        0,
                                        Duration.between(end.startedAt(), endedAt)
                                                .toMillis()))
                .worker(end.worker())
                .error(error == null ? null : StorableText.text(error, limits.error()))
                .failureKind(error == null ? null : end.failureKind())
                .result(result)
                .payload(payload)
                .shortened(
                        (error != null && error.length() > limits.error()) || (end.result() != null && result == null))
                .build();
    }
}
