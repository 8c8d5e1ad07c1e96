package io.penstock.common.batch;

/** What a caller asks of a batch is not acceptable. Nothing was stored. */
public final class InvalidBatchException extends IllegalArgumentException {

    private final String field;
    private final String reason;

    /** @param field as callers write it, such as {@code callbacks.onComplete.type} */
    public InvalidBatchException(String field, String reason) {
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
