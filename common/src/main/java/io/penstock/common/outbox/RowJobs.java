package io.penstock.common.outbox;

import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Timing;
import io.penstock.common.job.UnknownJobTypeException;
import io.penstock.common.queue.JobOptionsCodec;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.PayloadTooLargeException;
import io.penstock.common.trace.TraceParent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Turns rows into jobs. A row that was checked before its insert passes as it is, because its type or a field of it may
 * be newer than this process; every other row meets all checks that a job from outside meets.
 */
@ApplicationScoped
public class RowJobs {

    private final JobTypes types;
    private final PayloadCodec payloads;
    private final JobOptionsCodec optionsCodec;

    @Inject
    public RowJobs(JobTypes types, PayloadCodec payloads, JobOptionsCodec optionsCodec) {
        this.types = types;
        this.payloads = payloads;
        this.optionsCodec = optionsCodec;
    }

    /**
     * The job of a row.
     *
     * @throws InvalidJobException when a field of the row is wrong
     * @throws UnknownJobTypeException when the row is unchecked and the deployment has no such type
     * @throws PayloadTooLargeException when the payload is over the limit
     */
    NewJob job(OutboxRow row) {
        return untraced(row).tracedBy(TraceParent.parse(row.trace()).isValid() ? row.trace() : null);
    }

    private NewJob untraced(OutboxRow row) {
        if (row.payload() == null) {
            throw new InvalidJobException("payload", "is far larger than a payload may be");
        }
        JobOptions options = options(row);
        Optional<JobType<?>> gathering =
                types.find(row.type()).filter(type -> type.gather().isPresent());
        if (gathering.isPresent()) {
            // Its row has an id; the job that it becomes part of has another.
            return gathered(gathering.get(), row, row.payload(), options.withoutId());
        }
        return row.queue() == null
                ? checked(types.named(row.type()), row.payload(), options)
                : passed(row.type(), row.queue(), row.payload(), row.payloadVersion(), options);
    }

    private <P> NewJob checked(JobType<P> type, String payload, JobOptions options) {
        String json = payloads.encode(type, payloads.parse(payload, type.payloadClass()));
        return NewJob.of(type, json, options);
    }

    private <P> NewJob gathered(JobType<P> type, OutboxRow row, String payload, JobOptions options) {
        if (row.queue() == null) {
            return checked(type, payload, options);
        }
        return row.payloadVersion() == type.version() && row.queue().equals(type.queue())
                ? NewJob.of(type, payload, options)
                // Of another release.
                : passed(row.type(), row.queue(), payload, row.payloadVersion(), options.withId(row.jobId()));
    }

    private static NewJob passed(String type, String queue, String payload, int version, JobOptions options) {
        return NewJob.of(JobType.of(type, Object.class).queue(queue).version(version), payload, options);
    }

    /** What counts from now counts from the insert; what has passed since is taken off. */
    private JobOptions options(OutboxRow row) {
        if (row.options() == null) {
            throw new InvalidJobException("options", "are far larger than options may be");
        }
        JobOptions options = optionsCodec.read(row.options(), InstantSource.fixed(row.createdAt()));
        Timing timing = options.timing();
        Duration age = Duration.between(row.createdAt(), row.readAt());
        return options.withId(row.jobId())
                .withTiming(new Timing(
                        atLeast(Duration.ZERO, timing.delay().minus(age)),
                        timing.startAt(),
                        // A millisecond: the queue drops the job, and says that it has expired.
                        timing.expiresIn().map(left -> atLeast(Duration.ofMillis(1), left.minus(age))),
                        timing.expiresAt()));
    }

    private static Duration atLeast(Duration least, Duration left) {
        return left.compareTo(least) < 0 ? least : left;
    }
}
