package io.penstock.worker.offers;

/** An offer has no id of its own. Never leaves the parser: the offer is skipped. */
final class UnreadableOfferException extends Exception {

    private final SkippedOffer.Reason reason;

    UnreadableOfferException(SkippedOffer.Reason reason) {
        super(reason.code(), null, false, false);
        this.reason = reason;
    }

    SkippedOffer.Reason reason() {
        return reason;
    }
}
