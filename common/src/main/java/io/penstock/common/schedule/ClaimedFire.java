package io.penstock.common.schedule;

import java.time.Instant;

/**
 * An instant that is ours to fire: its row exists, its job may not.
 *
 * @param executionId the row in the log
 * @param marked the schedule carries a definition error that a good fire clears
 */
public record ClaimedFire(
        long executionId,
        String taskId,
        Instant scheduledFor,
        FireTrigger trigger,
        TaskDefinition definition,
        boolean marked) {

    /** The same for every scheduler that fires this instant, so that the queue sees through repetitions. */
    public String jobId() {
        return trigger == FireTrigger.MANUAL
                ? manualJobId(taskId, executionId)
                : taskId + "-" + scheduledFor.getEpochSecond();
    }

    /** No schedule's id holds '_', so that a manual run never takes the id of an instant. */
    static String manualJobId(String taskId, long executionId) {
        return taskId + "_run-" + executionId;
    }
}
