package io.penstock.common.queue;

import java.time.Instant;

/**
 * A line that a job wrote.
 *
 * @param attempt in which attempt, 1 or more
 */
public record JobLogLine(Instant at, int attempt, String text) {}
