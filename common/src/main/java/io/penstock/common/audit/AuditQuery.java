package io.penstock.common.audit;

import io.penstock.common.page.InvalidCursorException;
import io.penstock.common.page.PageCursor;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Which page of the audit to read, latest first.
 *
 * @param from the first instant looked at
 * @param to the first instant after it
 * @param after empty: the first page
 */
public record AuditQuery(Instant from, Instant to, Filter filter, int limit, Optional<Place> after) {

    public static final int MAX_LIMIT = 200;
    public static final int DEFAULT_LIMIT = 50;

    /** No question spans more days. */
    public static final Duration MOST = Duration.ofDays(400);

    /** What is looked through when nobody says. */
    public static final Duration DEFAULT = Duration.ofDays(31);

    private static final String LIST = "audit";

    /**
     * What is joined by 'and'; empty parts let everything through.
     *
     * @param action whole, or a beginning followed by {@code *}
     */
    public record Filter(
            Optional<String> actor,
            Optional<String> action,
            Optional<String> target,
            Optional<String> outcome,
            Optional<String> address) {}

    /** Behind this entry the page begins. */
    public record Place(Instant at, UUID id) {}

    /** Fails with {@link InvalidCursorException} on what {@link #cursor} did not write for this filter. */
    public static AuditQuery next(String cursor, Filter filter, int limit) {
        PageCursor read = PageCursor.decode(cursor, LIST, filter);
        Instant from = read.time(0);
        Instant to = read.time(1);
        Place place = new Place(read.time(2), read.uuid(3));
        if (!from.isBefore(to)
                || Duration.between(from, to).compareTo(MOST) > 0
                || place.at().isBefore(from)
                || !place.at().isBefore(to)) {
            throw InvalidCursorException.notOurs();
        }
        return new AuditQuery(from, to, filter, limit, Optional.of(place));
    }

    /** For {@link #next}: the page behind this entry. */
    String cursor(AuditEntry last) {
        return PageCursor.of(from, to, last.at(), last.id()).encode(LIST, filter);
    }
}
