package io.penstock.common.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
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

    private static final String VERSION = "1";
    private static final int PARTS = 6;
    private static final int MAX_CURSOR = 300;

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
            Optional<String> address) {

        /** Tells one filter from another in a cursor. */
        String digest() {
            try {
                byte[] digest =
                        MessageDigest.getInstance("SHA-256").digest(toString().getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(digest, 0, 8);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JVM has SHA-256", e);
            }
        }
    }

    /** Behind this entry the page begins. */
    public record Place(Instant at, UUID id) {}

    /** Fails with {@link IllegalArgumentException} on what {@link #cursor} did not write for this filter. */
    public static AuditQuery next(String cursor, Filter filter, int limit) {
        if (cursor.length() > MAX_CURSOR) {
            throw new IllegalArgumentException("too long");
        }
        try {
            String[] parts =
                    new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(" ", PARTS);
            if (parts.length != PARTS || !parts[0].equals(VERSION) || !parts[1].equals(filter.digest())) {
                throw new IllegalArgumentException("of another question");
            }
            Instant from = instant(parts[2]);
            Instant to = instant(parts[3]);
            Place place = new Place(instant(parts[4]), UUID.fromString(parts[5]));
            if (!from.isBefore(to)
                    || Duration.between(from, to).compareTo(MOST) > 0
                    || place.at().isBefore(from)
                    || !place.at().isBefore(to)) {
                throw new IllegalArgumentException("not of ours");
            }
            return new AuditQuery(from, to, filter, limit, Optional.of(place));
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("not of ours", e);
        }
    }

    /** For {@link #next}: the page behind this entry. */
    String cursor(AuditEntry last) {
        String text = String.join(
                " ",
                VERSION,
                filter.digest(),
                micros(from),
                micros(to),
                micros(last.at()),
                last.id().toString());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String micros(Instant time) {
        return Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, time));
    }

    private static Instant instant(String micros) {
        return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
    }
}
