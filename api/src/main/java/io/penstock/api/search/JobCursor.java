package io.penstock.api.search;

import io.penstock.api.request.QueryParameters;
import io.penstock.common.page.InvalidCursorException;
import io.penstock.common.page.PageCursor;

/**
 * Where a page of jobs ended: in which part of the list, and where there.
 *
 * @param part number of the part, see {@link JobSearch}
 * @param place as the part words it; empty: its beginning
 */
record JobCursor(int part, String place) {

    static final JobCursor START = new JobCursor(0, "");

    private static final String LIST = "jobs";
    private static final String NAME = "cursor";

    String encode(JobQuestion question) {
        return PageCursor.of(part, place).encode(LIST, question);
    }

    static JobCursor read(QueryParameters parameters, JobQuestion question) {
        return parameters
                .cursor(NAME, LIST, question, place -> new JobCursor((int) place.number(0), place.text(1)))
                .orElse(START);
    }

    /** The same, unless the list has no such part. */
    JobCursor within(int parts) {
        if (part < 0 || part >= parts) {
            throw notOurs();
        }
        return this;
    }

    /** For a place that cannot be read although its sum is right: it was made up. */
    static RuntimeException notOurs() {
        return QueryParameters.invalid(
                NAME, NAME + ": " + InvalidCursorException.notOurs().reason());
    }
}
