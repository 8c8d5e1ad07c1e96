package io.penstock.common.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a schedule goes on after a look at it.
 *
 * @param nextRun null: it has no further instant, or cannot be used
 * @param lastRun the latest instant fired now; null: none
 * @param fired how many instants are fired now
 * @param error why the definition cannot be used, else null
 */
public record NextRunUpdate(
        String taskId, @Nullable Instant nextRun, @Nullable Instant lastRun, int fired, @Nullable String error) {}
