package io.penstock.common.queue;

/** A limit that no queue, or not this one, can have. */
public final class InvalidLimitException extends IllegalArgumentException {

    private final String field;

    /**
     * @param field which of the limits, as the API names it
     * @param reason what it must be
     */
    public InvalidLimitException(String field, String reason) {
        super(field + ": " + reason);
        this.field = field;
    }

    public String field() {
        return field;
    }
}
