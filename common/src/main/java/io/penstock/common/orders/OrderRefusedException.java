package io.penstock.common.orders;

/** What a caller asks of the shop is understood and cannot be done. Nothing was changed. */
public final class OrderRefusedException extends RuntimeException {

    /** Why. */
    public enum Reason {
        /** There is no such order, concert, file or type of tickets. */
        UNKNOWN,
        /** Fewer tickets are left than were asked for. */
        SOLD_OUT,
        /** The session has begun. */
        SALE_ENDED,
        /** The order is not pending any more, or its time has passed. */
        STATE,
        /** The file is of another kind, or its upload was not completed. */
        FILE_STATE
    }

    private final Reason reason;

    /** @param message one sentence, safe to show to the caller */
    public OrderRefusedException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** One sentence, safe to show to the caller. */
    public String said() {
        return String.valueOf(getMessage());
    }
}
