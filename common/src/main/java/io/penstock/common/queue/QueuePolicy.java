package io.penstock.common.queue;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.job.Uniqueness;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * How one queue treats its jobs.
 *
 * @param weight part of a worker's shared slots beside its other queues, 1 to {@value #MAX_WEIGHT}
 * @param rateLimit global limit on job starts; empty: none
 * @param limitedTypes the job types the limit holds for; empty: all types of the queue
 * @param globalConcurrency jobs of the queue that run at once in all workers together; empty: as many as workers have slots
 * @param ageing a ready job that waited so long goes before jobs of higher priority; zero: never
 * @param groups how the jobs of one group share
 * @param keepBytes how many bytes of records of ended jobs, and of dead jobs, a partition keeps, the newest first
 * @param cancelGrace how long a running job that is asked to stop may take, before it is cut off
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
        Set<String> limitedTypes,
        OptionalInt globalConcurrency,
        Duration ageing,
        GroupPolicy groups,
        KeepBytes keepBytes,
        Duration cancelGrace) {

    /**
     * Bounds of what is kept of jobs that have ended, besides those by number. Looked at every few minutes.
     *
     * @param completed bytes of records of completed, cancelled and expired jobs
     * @param dead bytes of dead jobs; those that do not fit can no longer be retried
     */
    public record KeepBytes(long completed, long dead) {

        /** 64 MB and 256 MB: far beyond what a healthy queue keeps, far below what fills a server. */
        public static final KeepBytes DEFAULT = new KeepBytes(64L << 20, 256L << 20);
    }

    public static final Duration DEFAULT_AGEING = Duration.ofMinutes(1);
    public static final Duration DEFAULT_CANCEL_GRACE = Duration.ofSeconds(10);

    /**
     * How the jobs of one group share.
     *
     * @param concurrency jobs of one group that are let in at once, to line up and run; the others wait behind their
     *     group. A small number limits what runs at once; a larger one only keeps a long group from filling the line
     * @param rateLimit limit on the job starts of one group; empty: none
     */
    public record GroupPolicy(int concurrency, Optional<RateLimit> rateLimit) {

        /** More than the slots of a few workers, and short enough that a newcomer is served soon. */
        public static final int DEFAULT_CONCURRENCY = 100;

        public static final GroupPolicy DEFAULT = new GroupPolicy(DEFAULT_CONCURRENCY, Optional.empty());

        public GroupPolicy {
            if (concurrency < 1) {
                throw new IllegalArgumentException("groups.concurrency is " + concurrency + ", must be at least 1");
            }
        }
    }

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
        atLeast(1, globalConcurrency.orElse(1), queue, "global-concurrency");
        if ((rateLimit.isPresent() || globalConcurrency.isPresent()) && partitions > 1) {
            throw new IllegalArgumentException("queue '" + queue
                    + "': a rate limit or a global concurrency needs partitions=1, because one Redis slot has to count"
                    + " all starts");
        }
        if (ageing.isNegative() || cancelGrace.isNegative()) {
            throw new IllegalArgumentException("queue '" + queue + "': ageing and cancel-grace must not be negative");
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
                Set.of(),
                OptionalInt.empty(),
                DEFAULT_AGEING,
                GroupPolicy.DEFAULT,
                KeepBytes.DEFAULT,
                DEFAULT_CANCEL_GRACE);
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
                        .orElse(Set.of()),
                config.globalConcurrency(),
                config.ageing(),
                new GroupPolicy(
                        config.groups().concurrency(),
                        config.groups()
                                .rateLimit()
                                .map(limit -> new RateLimit(limit.permits(), limit.per(), limit.burst()))),
                new KeepBytes(
                        config.keepCompletedBytes().asLongValue(),
                        config.keepDeadBytes().asLongValue()),
                config.cancelGrace());
    }

    /** Whether the job may be what ended its worker if it is lost while it runs: one that lost a worker before. */
    public boolean isSuspect(ClaimedJob job) {
        return job.stalls() >= Math.min(1, maxStalls);
    }

    /**
     * What decides the partition of a job that has to meet others there: its id, its uniqueness key or its group.
     *
     * @throws InvalidJobException when they may point to different partitions
     */
    public Optional<String> partitionKey(JobOptions options) {
        Optional<String> key = options.unique().map(Uniqueness::key);
        Optional<String> group = options.labels().group();
        List<String> names =
                Stream.of(options.id(), key, group).flatMap(Optional::stream).toList();
        if (partitions > 1 && names.size() > 1) {
            throw new InvalidJobException(
                    group.isPresent() ? "group" : "unique",
                    "queue '" + queue
                            + "' has several partitions: only one of id, unique key and group may be given there");
        }
        return names.stream().findFirst();
    }

    public QueuePolicy withConcurrency(int newConcurrency) {
        return changed(draft -> draft.concurrency = newConcurrency);
    }

    public QueuePolicy withKeepCompleted(int newKeepCompleted) {
        return changed(draft -> draft.keepCompleted = newKeepCompleted);
    }

    public QueuePolicy withPartitions(int newPartitions) {
        return changed(draft -> draft.partitions = newPartitions);
    }

    public QueuePolicy withGroups(GroupPolicy newGroups) {
        return changed(draft -> draft.groups = newGroups);
    }

    public QueuePolicy withGlobalConcurrency(OptionalInt newGlobalConcurrency) {
        return changed(draft -> draft.globalConcurrency = newGlobalConcurrency);
    }

    public QueuePolicy withAgeing(Duration newAgeing) {
        return changed(draft -> draft.ageing = newAgeing);
    }

    public QueuePolicy withKeepBytes(KeepBytes newKeepBytes) {
        return changed(draft -> draft.keepBytes = newKeepBytes);
    }

    private QueuePolicy changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.policy();
    }

    /** The line a job of this type waits in. */
    public Lane laneOf(String type) {
        return limitedTypes.contains(type) ? Lane.LIMITED : Lane.MAIN;
    }

    /** The lines this queue has. */
    public Set<Lane> lanes() {
        return limitedTypes.isEmpty() ? Set.of(Lane.MAIN) : Set.of(Lane.MAIN, Lane.LIMITED);
    }

    /** The limit on starts from a line; empty: as fast as slots allow. */
    public Optional<RateLimit> limitOf(Lane lane) {
        boolean limited = limitedTypes.isEmpty() || lane == Lane.LIMITED;
        return limited ? rateLimit : Optional.empty();
    }

    private static void atLeast(int least, int value, String queue, String setting) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "queue '" + queue + "': " + setting + " is " + value + ", must be at least " + least);
        }
    }

    /** A policy while one thing about it is changed. */
    private static final class Draft {

        private final QueuePolicy from;
        private int concurrency;
        private int keepCompleted;
        private int partitions;
        private OptionalInt globalConcurrency;
        private Duration ageing;
        private GroupPolicy groups;
        private KeepBytes keepBytes;

        Draft(QueuePolicy from) {
            this.from = from;
            concurrency = from.concurrency;
            keepCompleted = from.keepCompleted;
            partitions = from.partitions;
            globalConcurrency = from.globalConcurrency;
            ageing = from.ageing;
            groups = from.groups;
            keepBytes = from.keepBytes;
        }

        QueuePolicy policy() {
            return new QueuePolicy(
                    from.queue,
                    concurrency,
                    from.attempts,
                    from.retry,
                    keepCompleted,
                    from.keepDead,
                    from.timeout,
                    from.maxStalls,
                    partitions,
                    from.weight,
                    from.rateLimit,
                    from.limitedTypes,
                    globalConcurrency,
                    ageing,
                    groups,
                    keepBytes,
                    from.cancelGrace);
        }
    }
}
