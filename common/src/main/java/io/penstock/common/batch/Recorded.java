package io.penstock.common.batch;

import java.time.Instant;

/**
 * A result to be stored.
 *
 * @param item number of the item
 */
public record Recorded(long item, ItemResult result, Instant startedAt, Instant finishedAt) {}
