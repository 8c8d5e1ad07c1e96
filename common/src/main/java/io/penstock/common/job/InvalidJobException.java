package io.penstock.common.job;

/** A job that cannot be accepted because one field of its payload or options is wrong. */
public final class InvalidJobException extends IllegalArgumentException {

    private final String field;
    private final String reason;

    /**
     * @param field path of the offending field as the caller wrote it, such as {@code payload.fromPage}
     * @param reason what is wrong and what is allowed, safe to show to the caller
     */
    public InvalidJobException(String field, String reason) {
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
