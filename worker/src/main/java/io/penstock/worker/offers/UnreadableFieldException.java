package io.penstock.worker.offers;

/** One field of an offer makes no sense. Never leaves the parser. */
final class UnreadableFieldException extends Exception {

    private static final long serialVersionUID = 1;

    UnreadableFieldException() {
        super(null, null, false, false);
    }
}
