package io.penstock.common.products;

/** What a caller asks of the product monitoring cannot be meant: one field is out of bounds. */
public final class InvalidProductException extends IllegalArgumentException {

    private final String field;
    private final String reason;

    /** @param reason what is wrong and what is allowed, safe to show to the caller */
    public InvalidProductException(String field, String reason) {
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

    public static void require(boolean holds, String field, String reason) {
        if (!holds) {
            throw new InvalidProductException(field, reason);
        }
    }
}
