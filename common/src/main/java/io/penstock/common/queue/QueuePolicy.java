package io.penstock.common.queue;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.job.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How one queue treats its jobs.
 *
 * @param weight part of a worker's shared slots beside its other queues, 1 to {@value #MAX_WEIGHT}
 * @param rateLimit global limit on job starts; empty: none
 * @param limitedTypes the job types the limit holds for; empty: all types of the queue
 */
public record QueuePolicy(
        String queue,
        int concurrency,
        int attempts,
        RetryPolicy retry,
        int keepCompleted,
        OptionalInt keepDead,
        Duration timeout,
        int maxStalls,
        int partitions,
        int weight,
        Optional<RateLimit> rateLimit,
        Set<String> limitedTypes) {

    private static final int MAX_WEIGHT = 1_000;

    public QueuePolicy {
        atLeast(1, concurrency, queue, "concurrency");
        atLeast(1, attempts, queue, "attempts");
        atLeast(0, keepCompleted, queue, "keep-completed");
        atLeast(0, keepDead.orElse(0), queue, "keep-dead");
        atLeast(0, maxStalls, queue, "max-stalls");
        atLeast(1, partitions, queue, "partitions");
        atLeast(1, weight, queue, "weight");
        if (weight > MAX_WEIGHT) {
            throw new IllegalArgumentException(
                    "queue '" + queue + "': weight is " + weight + ", must be at most " + MAX_WEIGHT);
        }
        if (rateLimit.isPresent() && partitions > 1) {
            throw new IllegalArgumentException("queue '" + queue
                    + "': a rate limit needs partitions=1, because one Redis slot has to count all starts");
        }
    }

    /** A policy with the documented defaults; for tests, tools and queues nobody configured. */
    public static QueuePolicy defaults(String queue) {
        return new QueuePolicy(
                queue,
                5,
                3,
                RetryPolicy.exponential(Duration.ofSeconds(1)),
                100,
                OptionalInt.empty(),
                Duration.ofMinutes(15),
                3,
                1,
                3,
                Optional.empty(),
                Set.of());
    }

    static QueuePolicy of(String queue, QueueConfig.Queue config) {
        QueueConfig.Backoff backoff = config.backoff();
        return new QueuePolicy(
                queue,
                config.concurrency(),
                config.attempts(),
                new RetryPolicy(backoff.kind(), backoff.delay(), backoff.cap(), backoff.jitter()),
                config.keepCompleted(),
                config.keepDead(),
                config.timeout(),
                config.maxStalls(),
                config.partitions(),
                config.weight(),
                config.rateLimit().map(limit -> new RateLimit(limit.permits(), limit.per(), limit.burst())),
                config.rateLimit()
                        .flatMap(QueueConfig.Limit::types)
                        .map(Set::copyOf)
                        .orElse(Set.of()));
    }

    /** The line a job of this type waits in. */
    public Line lineOf(String type) {
        return limitedTypes.contains(type) ? Line.LIMITED : Line.MAIN;
    }

    /** The lines this queue has. */
    public Set<Line> lines() {
        return limitedTypes.isEmpty() ? Set.of(Line.MAIN) : Set.of(Line.MAIN, Line.LIMITED);
    }

    /** The limit on starts from a line; empty: as fast as slots allow. */
    public Optional<RateLimit> limitOf(Line line) {
        boolean limited = limitedTypes.isEmpty() || line == Line.LIMITED;
        return limited ? rateLimit : Optional.empty();
    }

    private static void atLeast(int least, int value, String queue, String setting) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "queue '" + queue + "': " + setting + " is " + value + ", must be at least " + least);
        }
    }
}
