package io.penstock.common.job;

/**
 * A job to be enqueued in the same step in which the present one ends well: both happen, or neither.
 *
 * @param payload what the type's payload class takes
 */
public record FollowUp<P>(JobType<P> type, P payload, JobOptions options) {

    /** @throws IllegalArgumentException when a part is null */
    public FollowUp {
        HandlerArguments.require(type, "the type of a follow-up");
        HandlerArguments.require(payload, "the payload of a follow-up");
        HandlerArguments.require(options, "the options of a follow-up");
    }

    public FollowUp(JobType<P> type, P payload) {
        this(type, payload, JobOptions.DEFAULT);
    }
}
