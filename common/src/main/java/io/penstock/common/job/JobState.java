package io.penstock.common.job;

/** Where a job is in its life. Every accepted job is in exactly one of these states. */
public enum JobState {
    /** Not due yet: delayed, or snoozed by its handler. */
    SCHEDULED,
    /** Ready, no worker has it. */
    WAITING,
    /** A worker holds its lease. */
    ACTIVE,
    /** An attempt failed; the next one is scheduled. */
    RETRYING,
    /** Ended well, and its record is still retained. */
    COMPLETED,
    /** Given up; kept until retried, deleted or trimmed by policy. */
    DEAD
}
