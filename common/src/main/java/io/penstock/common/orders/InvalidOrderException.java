package io.penstock.common.orders;

/** What a caller asks of the shop cannot be meant: one field is out of bounds. */
public final class InvalidOrderException extends IllegalArgumentException {

    private final String field;
    private final String reason;

    /** @param reason what is wrong and what is allowed, safe to show to the caller */
    public InvalidOrderException(String field, String reason) {
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

    static void require(boolean holds, String field, String reason) {
        if (!holds) {
            throw new InvalidOrderException(field, reason);
        }
    }

    /** Refuses what is no text for one line of a mail, or that PostgreSQL does not store. */
    static void requireLine(String field, String value, int most) {
        require(
                !value.isBlank()
                        && value.length() <= most
                        && value.chars().noneMatch(Character::isISOControl)
                        && value.indexOf('\u2028') < 0
                        && value.indexOf('\u2029') < 0,
                field,
                "must be 1 to " + most + " characters on one line");
    }
}
