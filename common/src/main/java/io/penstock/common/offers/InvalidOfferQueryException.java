package io.penstock.common.offers;

import java.util.Optional;

/** A question about offers that cannot be answered because one parameter is wrong. */
public final class InvalidOfferQueryException extends IllegalArgumentException {

    private final String field;
    private final String reason;

    /** @param reason what is wrong and what is allowed, safe to show to the caller */
    public InvalidOfferQueryException(String field, String reason) {
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

    static void requireBetween(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new InvalidOfferQueryException(field, "must be between " + least + " and " + most);
        }
    }

    static void requireShort(String field, Optional<String> value, int most) {
        value.ifPresent(text -> requireShortText(field, text, most));
    }

    static void requireShortText(String field, String value, int most) {
        if (value.length() > most || value.indexOf('\0') >= 0) {
            throw new InvalidOfferQueryException(field, "must be at most " + most + " characters, none of them NUL");
        }
    }
}
