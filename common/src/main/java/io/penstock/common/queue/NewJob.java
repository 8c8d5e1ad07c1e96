package io.penstock.common.queue;

import io.penstock.common.job.Gather;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job as it is handed to the queue: checked, with its payload as it will be stored.
 *
 * @param type name of the job type
 * @param queue where it waits
 * @param payload JSON text as {@link PayloadCodec#encode} gave it: clear, or sealed
 * @param payloadVersion which form the payload has, see {@link JobType#version()}
 * @param options what the producer asked for
 * @param typeTimeout the type's own time-out; empty: the queue's
 * @param gather how it becomes one job with others of its kind; null: it is one by itself
 * @param trace where in a trace it was asked for, see {@link io.penstock.common.trace.TraceParent}; null: in none
 */
public record NewJob(
        String type,
        String queue,
        String payload,
        int payloadVersion,
        JobOptions options,
        Optional<Duration> typeTimeout,
        @Nullable Gather gather,
        @Nullable String trace) {

    /** A job by itself. */
    public NewJob(
            String type,
            String queue,
            String payload,
            int payloadVersion,
            JobOptions options,
            Optional<Duration> typeTimeout) {
        this(type, queue, payload, payloadVersion, options, typeTimeout, null, null);
    }

    /** A job of this type, with a payload in the type's present form. */
    public static NewJob of(JobType<?> type, String payload, JobOptions options) {
        type.gather().ifPresent(gather -> {
            gather.check(options);
            if (PayloadCipher.isEncrypted(payload)) {
                throw new InvalidJobException(
                        "payload", "is encrypted in this deployment, and what is encrypted cannot be gathered");
            }
        });
        return new NewJob(
                type.name(),
                type.queue(),
                payload,
                type.version(),
                options,
                type.timeout(),
                type.gather().orElse(null),
                null);
    }

    /** A job by itself, also where its type's are gathered: one that others wait for or know by its id. */
    public static NewJob alone(JobType<?> type, String payload, JobOptions options) {
        return new NewJob(type.name(), type.queue(), payload, type.version(), options, type.timeout());
    }

    /** The same by itself. */
    public NewJob alone() {
        return gather == null
                ? this
                : new NewJob(type, queue, payload, payloadVersion, options, typeTimeout, null, trace);
    }

    /** The same in another queue than its type's own. */
    public NewJob inQueue(String otherQueue) {
        return new NewJob(type, otherQueue, payload, payloadVersion, options, typeTimeout, gather, trace);
    }

    /** The same in no trace. */
    public NewJob untraced() {
        return trace == null
                ? this
                : new NewJob(type, queue, payload, payloadVersion, options, typeTimeout, gather, null);
    }

    /**
     * The same in this trace.
     *
     * @param traceParent null: in none
     */
    public NewJob tracedBy(@Nullable String traceParent) {
        return traceParent == null
                ? this
                : new NewJob(type, queue, payload, payloadVersion, options, typeTimeout, gather, traceParent);
    }
}
