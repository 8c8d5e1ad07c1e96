package io.penstock.common.queue;

/** Where the ready jobs of a queue line up. */
public enum Lane {
    /** Everything that is not held apart. */
    MAIN,
    /** Job types with a rate limit of their own, so that they wait for it without holding up the others. */
    LIMITED
}
