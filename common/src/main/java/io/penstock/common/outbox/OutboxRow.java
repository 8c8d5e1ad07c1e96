package io.penstock.common.outbox;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A row as a relay reads it.
 *
 * @param queue null: nobody has checked the row yet
 * @param payload JSON text; null: larger than any payload may be
 * @param options JSON text; null: larger than any options may be
 * @param orderingKey null: none
 * @param trace where in a trace it was asked for; null: in none
 * @param createdAt by PostgreSQL's clock, in whole microseconds
 * @param readAt by the same clock
 */
record OutboxRow(
        long id,
        String jobId,
        String type,
        @Nullable String queue,
        @Nullable String payload,
        @Nullable String options,
        @Nullable String orderingKey,
        @Nullable String trace,
        int payloadVersion,
        int format,
        Instant createdAt,
        Instant readAt) {

    /**
     * Names this row for ever: its number, and its time besides, because a database that was set up anew counts from 1
     * again.
     */
    String dedupKey() {
        return id + "@" + ChronoUnit.MICROS.between(Instant.EPOCH, createdAt);
    }

    /** The number in a dedup key; -1 for text that is none. */
    static long idOf(String dedupKey) {
        int at = dedupKey.indexOf('@');
        try {
            return at < 1 ? -1 : Long.parseLong(dedupKey, 0, at, 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
