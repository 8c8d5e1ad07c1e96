package io.penstock.common.queue;

import java.util.List;

/**
 * A parent and the children it waits for.
 *
 * @param parent lines up when its last child has ended. It takes no delay and no uniqueness key
 * @param children any queues; they take neither an id nor a uniqueness key, so that none of them can turn out to be
 *     another job
 * @param onChildFailure what becomes of the parent when a child dies, expires or is called off
 */
public record Family(NewJob parent, List<NewJob> children, OnChildFailure onChildFailure) {

    /** What a parent does when one of its children does not complete. */
    public enum OnChildFailure {
        /** The parent is dead, with the child's id as the reason; its other children go on. */
        FAIL,
        /** The parent runs when all have ended, however they did. */
        CONTINUE
    }
}
