package io.penstock.common.history;

import java.time.Instant;

/**
 * Errors of one job type that are the same but for details.
 *
 * @param sample the beginning of the latest one
 * @param count how many there were in the time asked for
 * @param total how many there were in all, as long as the group has been seen at least once within the retention
 * @param firstSeen of all, not only of the time asked for
 */
public record ErrorGroup(
        String fingerprint, String type, String sample, long count, long total, Instant firstSeen, Instant lastSeen) {}
