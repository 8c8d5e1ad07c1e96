package io.penstock.common.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One instant of a schedule in the log.
 *
 * @param status as {@link ExecutionStatus#code()} writes it
 * @param trigger as {@link FireTrigger#code()} writes it
 * @param startTime of the job where known, else of the enqueue
 * @param executionTime of the job in ms
 * @param result JSON text
 * @param lateness from the instant to its job in the queue, in ms
 * @param missed how many earlier instants, missed in an outage, this one stands for
 */
public record TaskExecution(
        long id,
        String taskId,
        Instant scheduledFor,
        @Nullable Instant startTime,
        @Nullable Instant endTime,
        String status,
        @Nullable String result,
        @Nullable String error,
        @Nullable Long executionTime,
        String trigger,
        @Nullable String jobId,
        @Nullable Long lateness,
        int missed) {}
