package io.penstock.common.queue;

import io.penstock.common.flow.RateLimit;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an operator has changed of a queue's limits while it runs; what is empty is as configured.
 *
 * @param concurrency jobs that one worker runs at once, 1 to {@value #MAX_CONCURRENCY}
 * @param rateLimit on job starts in all workers together; where the configuration limits certain types alone, of these
 * @param globalConcurrency jobs that run at once in all workers together, 1 to {@value #MAX_JOBS}
 * @param groupConcurrency jobs of one group that are let in at once, 1 to {@value #MAX_JOBS}
 * @param groupRateLimit on job starts of one group
 */
public record QueueLimits(
        OptionalInt concurrency,
        Optional<RateLimit> rateLimit,
        OptionalInt globalConcurrency,
        OptionalInt groupConcurrency,
        Optional<RateLimit> groupRateLimit) {

    /** More jobs at once than one process can do anything useful with. */
    public static final int MAX_CONCURRENCY = 10_000;
    /** More than a thousand such workers. */
    public static final int MAX_JOBS = 1_000_000;

    /** Permits are counted in microseconds. */
    public static final int MAX_PERMITS = 1_000_000;

    public static final Duration MAX_PERIOD = Duration.ofDays(366);

    private static final long MICROS_PER_MS = 1_000;

    /** Everything is as configured. */
    public static final QueueLimits NONE = new QueueLimits(
            OptionalInt.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), Optional.empty());

    /** @throws InvalidLimitException when a value is out of bounds */
    public QueueLimits {
        check("concurrency", concurrency, MAX_CONCURRENCY);
        check("globalConcurrency", globalConcurrency, MAX_JOBS);
        check("groupConcurrency", groupConcurrency, MAX_JOBS);
        rateLimit.ifPresent(limit -> check("rateLimit", limit));
        groupRateLimit.ifPresent(limit -> check("groupRateLimit", limit));
    }

    private static void check(String field, OptionalInt value, int most) {
        if (value.isPresent() && (value.getAsInt() < 1 || value.getAsInt() > most)) {
            throw new InvalidLimitException(field, "must be 1 to " + most + ", or null for what is configured");
        }
    }

    private static void check(String field, RateLimit limit) {
        if (limit.permits() > MAX_PERMITS) {
            throw new InvalidLimitException(field + ".permits", "must be 1 to " + MAX_PERMITS);
        }
        if (limit.per().compareTo(MAX_PERIOD) > 0 || limit.per().toMillis() < 1) {
            throw new InvalidLimitException(field + ".perMs", "must be 1 ms to " + MAX_PERIOD.toDays() + " days");
        }
        if (limit.permits() > limit.per().toMillis() * MICROS_PER_MS) {
            throw new InvalidLimitException(field + ".permits", "must be at most one in a microsecond");
        }
    }

    /**
     * The policy that is in force with these limits.
     *
     * @param configured without any
     * @throws InvalidLimitException when this queue cannot have such a limit
     */
    public QueuePolicy applyTo(QueuePolicy configured) {
        if (equals(NONE)) {
            return configured;
        }
        boolean countedInOnePlace = rateLimit.isPresent() || globalConcurrency.isPresent();
        if (countedInOnePlace && configured.partitions() > 1) {
            throw new InvalidLimitException(
                    rateLimit.isPresent() ? "rateLimit" : "globalConcurrency",
                    "the queue has " + configured.partitions()
                            + " partitions; one Redis slot has to count all starts, so that it needs partitions=1");
        }
        QueuePolicy.GroupPolicy groups = configured.sharing().groups();
        return configured.toBuilder()
                .concurrency(concurrency.orElse(configured.slots().concurrency()))
                .rateLimit(
                        rateLimit.or(configured.limits()::rateLimit),
                        configured.limits().limitedTypes())
                .globalConcurrency(
                        globalConcurrency.isPresent()
                                ? globalConcurrency
                                : configured.limits().globalConcurrency())
                .groups(new QueuePolicy.GroupPolicy(
                        groupConcurrency.orElse(groups.concurrency()), groupRateLimit.or(groups::rateLimit)))
                .build();
    }
}
