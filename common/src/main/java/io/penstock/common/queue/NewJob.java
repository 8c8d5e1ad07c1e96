package io.penstock.common.queue;

import io.penstock.common.job.JobOptions;
import java.time.Duration;
import java.util.Optional;

/**
 * A job as it is handed to the queue: checked, with its payload as JSON text.
 *
 * @param type name of the job type
 * @param queue where it waits
 * @param payload JSON text, at most {@code penstock.payload-limit}
 * @param options what the producer asked for
 * @param typeTimeout the type's own time-out; empty: the queue's
 */
public record NewJob(String type, String queue, String payload, JobOptions options, Optional<Duration> typeTimeout) {}
