package io.penstock.common.queue;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import java.time.Duration;
import java.util.Optional;

/**
 * A job as it is handed to the queue: checked, with its payload as it will be stored.
 *
 * @param type name of the job type
 * @param queue where it waits
 * @param payload JSON text as {@link PayloadCodec#encode} gave it: clear, or sealed
 * @param payloadVersion which form the payload has, see {@link JobType#version()}
 * @param options what the producer asked for
 * @param typeTimeout the type's own time-out; empty: the queue's
 */
public record NewJob(
        String type,
        String queue,
        String payload,
        int payloadVersion,
        JobOptions options,
        Optional<Duration> typeTimeout) {

    /** A job of this type, with a payload in the type's present form. */
    public static NewJob of(JobType<?> type, String payload, JobOptions options) {
        return new NewJob(type.name(), type.queue(), payload, type.version(), options, type.timeout());
    }

    /** The same in another queue than its type's own. */
    public NewJob inQueue(String otherQueue) {
        return new NewJob(type, otherQueue, payload, payloadVersion, options, typeTimeout);
    }
}
