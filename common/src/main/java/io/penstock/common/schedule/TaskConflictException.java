package io.penstock.common.schedule;

/** A change that does not fit what the table has: the id is taken, or somebody else changed the schedule meanwhile. */
public final class TaskConflictException extends RuntimeException {

    public TaskConflictException(String message) {
        super(message);
    }
}
