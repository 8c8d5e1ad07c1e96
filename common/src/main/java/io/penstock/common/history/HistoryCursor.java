package io.penstock.common.history;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;

/**
 * The place behind the last row of a page, and the time and filter it belongs to: the next page sees the same time, however
 * long after, and rows that arrive meanwhile neither shift it nor appear twice. Text without meaning to callers; one that
 * was not given out for this question is refused.
 */
record HistoryCursor(HistoryTime time, String filterDigest, Instant endedAt, int attempt, String state, String jobId) {

    private static final String VERSION = "1";
    private static final int PARTS = 8;
    private static final int MAX_LENGTH = 1_000;

    static HistoryCursor behind(HistoryRow row, HistoryTime time, HistoryFilter filter) {
        return new HistoryCursor(time, filter.digest(), row.endedAt(), row.attempt(), row.state(), row.jobId());
    }

    String encode() {
        String text = String.join(
                " ",
                VERSION,
                filterDigest,
                micros(time.from()),
                micros(time.to()),
                micros(endedAt),
                Integer.toString(attempt),
                state,
                jobId);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Fails with {@link InvalidHistoryQueryException} on anything that {@link #encode} did not write for this filter. */
    static HistoryCursor decode(String cursor, HistoryFilter filter) {
        if (cursor.length() > MAX_LENGTH) {
            throw notOurs();
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            String[] parts = text.split(" ", PARTS);
            if (parts.length != PARTS || !parts[0].equals(VERSION) || text.indexOf('\0') >= 0) {
                throw notOurs();
            }
            HistoryTime time = new HistoryTime(instant(parts[2]), instant(parts[3]));
            HistoryCursor decoded = new HistoryCursor(
                    time, parts[1], instant(parts[4]), Integer.parseInt(parts[5]), parts[6], parts[7]);
            if (!decoded.filterDigest.equals(filter.digest())) {
                throw new InvalidHistoryQueryException(
                        "cursor", "belongs to another question: ask with the same filters as for the page before");
            }
            if (decoded.endedAt.isBefore(time.from()) || !decoded.endedAt.isBefore(time.to())) {
                throw notOurs();
            }
            return decoded;
        } catch (InvalidHistoryQueryException e) {
            throw e.field().equals("cursor") ? e : notOurs();
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            throw notOurs();
        }
    }

    private static String micros(Instant time) {
        return Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, time));
    }

    private static Instant instant(String micros) {
        return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
    }

    private static InvalidHistoryQueryException notOurs() {
        return new InvalidHistoryQueryException("cursor", "must be the nextCursor of an answer");
    }
}
