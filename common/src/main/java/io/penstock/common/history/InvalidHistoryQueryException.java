package io.penstock.common.history;

/** A question to the history that is not answered because one part of it is wrong. */
public final class InvalidHistoryQueryException extends IllegalArgumentException {

    private final String field;
    private final String reason;

    /**
     * @param field the part, named as callers of the API write it
     * @param reason what is wrong and what is allowed, safe to show
     */
    public InvalidHistoryQueryException(String field, String reason) {
        super(field + ": " + reason);
        this.field = field;
        this.reason = reason;
    }

    public String field() {
        return field;
    }

    public String reason() {
        return reason;
    }
}
