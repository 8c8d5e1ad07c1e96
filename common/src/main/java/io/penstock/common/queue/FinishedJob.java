package io.penstock.common.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job that ended well.
 *
 * @param result JSON text, or null
 */
public record FinishedJob(ClaimedJob job, Instant startedAt, Instant finishedAt, @Nullable String result) {}
