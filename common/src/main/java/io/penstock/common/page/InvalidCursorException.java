package io.penstock.common.page;

/** A cursor that was not given out, or not for this question. */
public final class InvalidCursorException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String reason;

    InvalidCursorException(String reason) {
        super("the cursor " + reason);
        this.reason = reason;
    }

    /** For a place that cannot be read although its sum is right, too: it was made up. */
    public static InvalidCursorException notOurs() {
        return new InvalidCursorException("must be 'next' or 'nextCursor' of the page before");
    }

    /** What to tell the caller, to be put behind the name of the parameter. */
    public String reason() {
        return reason;
    }
}
