package io.penstock.common.queue;

import java.time.Instant;

/**
 * What operators have decided of a queue's limits.
 *
 * @param limits {@link QueueLimits#NONE} when the latest took everything back to the configuration
 * @param changedBy who decided last
 * @param changedAt when, by PostgreSQL's clock
 */
public record LimitOverride(QueueLimits limits, String changedBy, Instant changedAt) {}
