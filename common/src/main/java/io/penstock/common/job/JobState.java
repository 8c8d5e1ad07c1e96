package io.penstock.common.job;

/** Where a job is in its life. Every accepted job is in exactly one of these states. */
public enum JobState {
    /** Not due yet: delayed, or snoozed by its handler. */
    SCHEDULED,
    /** Waits for its children to end. */
    AWAITING_CHILDREN,
    /** Ready, no worker has it. */
    WAITING,
    /** A worker holds its lease. */
    ACTIVE,
    /** An attempt failed; the next one is scheduled. */
    RETRYING,
    /** Ended well, and its record is still retained. */
    COMPLETED,
    /** Given up; kept until retried, deleted or trimmed by policy. */
    DEAD,
    /** Called off before or while it ran, and its record is still retained. */
    CANCELLED,
    /** Not started in time, and its record is still retained. */
    EXPIRED;

    /** True when nothing will happen to the job any more by itself. */
    public boolean hasEnded() {
        return this == COMPLETED || this == DEAD || this == CANCELLED || this == EXPIRED;
    }
}
