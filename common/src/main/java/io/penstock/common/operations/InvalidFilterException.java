package io.penstock.common.operations;

/** A filter that is not acceptable. */
public final class InvalidFilterException extends IllegalArgumentException {

    private final String field;

    /**
     * Blames one field.
     *
     * @param field of the filter, as the caller wrote it
     * @param reason safe to show to the caller
     */
    public InvalidFilterException(String field, String reason) {
        super(field + ": " + reason);
        this.field = field;
    }

    public String field() {
        return field;
    }
}
