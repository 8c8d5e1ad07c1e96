package io.penstock.worker.offers;

import org.jspecify.annotations.Nullable;

/**
 * A row that cannot be told apart from others, for want of an id of its own, and is left out.
 *
 * @param offerId null where even that is unreadable
 */
record SkippedOffer(@Nullable String offerId, Reason reason) {

    /** What is wrong; the code is what sweeps count by. */
    enum Reason {
        NOT_AN_OBJECT("not_an_object"),
        NO_ID("no_id"),
        BAD_ID("bad_id"),
        DUPLICATE_ID("duplicate_id"),
        /** The id is neither text nor number nor null. */
        WRONG_TYPE("wrong_type");

        private final String code;

        Reason(String code) {
            this.code = code;
        }

        String code() {
            return code;
        }
    }
}
