package io.penstock.worker.offers;

import org.jspecify.annotations.Nullable;

/**
 * An offer that makes no sense and is left out.
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
        /** A field is neither text nor number nor null. */
        WRONG_TYPE("wrong_type"),
        /** A text is far too long, or holds a NUL, which PostgreSQL cannot store. */
        BAD_TEXT("bad_text"),
        BAD_PAYOUT("bad_payout"),
        BAD_CAP("bad_cap"),
        BAD_LAST_CONVERSION("bad_last_conv");

        private final String code;

        Reason(String code) {
            this.code = code;
        }

        String code() {
            return code;
        }
    }
}
