package io.penstock.common.job;

import java.time.Duration;

/**
 * How items that are enqueued one by one become one job, see {@link JobType#gather}.
 *
 * @param most items of one job, 2 to {@link #MAX_ITEMS}: with the last of them it runs at once
 * @param linger how long the first item waits for others at most, 1 ms to {@link #MAX_WAIT}
 */
public record Gather(int most, Duration linger) {

    public static final int MAX_ITEMS = 1_000;
    public static final Duration MAX_WAIT = Duration.ofHours(1);

    public Gather {
        if (most < 2 || most > MAX_ITEMS) {
            throw new IllegalArgumentException("a job must gather between 2 and " + MAX_ITEMS + " items");
        }
        if (linger.toMillis() < 1 || linger.compareTo(MAX_WAIT) > 0) {
            throw new IllegalArgumentException("a job must gather for 1 ms to " + MAX_WAIT);
        }
    }

    /** Refuses what only a job of its own can have. */
    public void check(JobOptions options) {
        require(options.id().isEmpty(), "id");
        require(options.unique().isEmpty(), "unique");
        require(options.delay().isZero(), "delay");
        require(options.timing().startAt().isEmpty(), "startAt");
        require(options.timing().expiresIn().isEmpty(), "expiresIn");
        require(options.timing().expiresAt().isEmpty(), "expiresAt");
    }

    private static void require(boolean holds, String field) {
        if (!holds) {
            throw new InvalidJobException(
                    field, "must not be given: items of this type are gathered into one job, which cannot have it");
        }
    }
}
