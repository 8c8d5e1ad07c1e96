package io.penstock.worker.offers;

/** One field of an offer makes no sense. Never leaves the parser: the offer is skipped. */
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
