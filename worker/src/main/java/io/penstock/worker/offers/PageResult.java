package io.penstock.worker.offers;

import org.jspecify.annotations.Nullable;

/**
 * What became of one page in one run of its chunk.
 *
 * @param offersStored offers of a page that arrived, else 0
 * @param failure why it did not arrive; null where it did, or was not asked for
 */
record PageResult(int page, Kind kind, int offersStored, @Nullable Throwable failure) {

    enum Kind {
        /** Stored. */
        ARRIVED,
        /** Asked for, in vain. */
        FAILED,
        /** Could not be asked for now. */
        PUT_OFF,
        /** Not asked for, because another page was put off already or the run is in vain. */
        LEFT
    }

    static PageResult arrived(int page, int offersStored) {
        return new PageResult(page, Kind.ARRIVED, offersStored, null);
    }

    static PageResult failed(int page, Throwable failure) {
        return new PageResult(page, Kind.FAILED, 0, failure);
    }

    static PageResult snooze(int page, Throwable snooze) {
        return new PageResult(page, Kind.PUT_OFF, 0, snooze);
    }

    static PageResult left(int page) {
        return new PageResult(page, Kind.LEFT, 0, null);
    }
}
