package io.penstock.common.schedule;

/** A schedule that cannot be accepted because one of its fields is wrong. */
public final class InvalidScheduleException extends IllegalArgumentException {

    private final String field;
    private final int position;
    private final String reason;

    /**
     * @param field the offending field as callers write it, such as {@code cronExpression}
     * @param position the offending character of the field, counted from 1; 0 when the field as a whole is wrong
     * @param reason what is wrong and what is allowed, safe to show to the caller
     */
    public InvalidScheduleException(String field, int position, String reason) {
        super(position == 0 ? field + ": " + reason : field + ", character " + position + ": " + reason);
        this.field = field;
        this.position = position;
        this.reason = reason;
    }

    public String field() {
        return field;
    }

    public int position() {
        return position;
    }

    public String reason() {
        return reason;
    }
}
