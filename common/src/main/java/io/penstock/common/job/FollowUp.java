package io.penstock.common.job;

/**
 * A job to be enqueued in the same step in which the present one ends well: both happen, or neither.
 *
 * @param payload what the type's payload class takes
 */
public record FollowUp<P>(JobType<P> type, P payload, JobOptions options) {

    public FollowUp(JobType<P> type, P payload) {
        this(type, payload, JobOptions.DEFAULT);
    }
}
