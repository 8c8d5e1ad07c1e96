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
import java.util.stream.Stream;

/**
 * How one queue treats its jobs. Change one with {@link #toBuilder}; its parts check themselves.
 *
 * @param partitions over so many Redis slots its jobs spread
 * @param slots its share of a worker
 * @param attempts how a job runs and how often
 * @param limits what holds its jobs back
 * @param sharing who goes first
 * @param retention what is kept of jobs that have ended
 */
public record QueuePolicy(
        String queue,
        int partitions,
        Slots slots,
        Attempts attempts,
        Limits limits,
        Sharing sharing,
        Retention retention) {

    public static final Duration DEFAULT_AGEING = Duration.ofMinutes(1);
    public static final Duration DEFAULT_CANCEL_GRACE = Duration.ofSeconds(10);
    private static final int MAX_WEIGHT = 1_000;

    /**
     * The share of a worker that a queue has.
     *
     * @param concurrency jobs of the queue that one worker runs at once
     * @param weight part of a worker's shared slots beside its other queues, 1 to {@value #MAX_WEIGHT}
     */
    public record Slots(int concurrency, int weight) {}

    /**
     * How a job runs and how often.
     *
     * @param max attempts of a job that does not say its own number
     * @param retry pauses between them
     * @param timeout of one attempt
     * @param maxStalls how often a job may lose its worker
     * @param cancelGrace how long a running job that is asked to stop may take, before it is cut off
     */
    public record Attempts(int max, RetryPolicy retry, Duration timeout, int maxStalls, Duration cancelGrace) {}

    /**
     * What holds jobs back, in all workers together.
     *
     * @param rateLimit on job starts; empty: none
     * @param limitedTypes the job types the rate limit holds for; empty: all types of the queue
     * @param globalConcurrency jobs of the queue that run at once; empty: as many as workers have slots
     */
    public record Limits(Optional<RateLimit> rateLimit, Set<String> limitedTypes, OptionalInt globalConcurrency) {}

    /**
     * Who goes first.
     *
     * @param ageing a ready job that waited so long goes before jobs of higher priority; zero: never
     * @param groups how the jobs of one group share
     */
    public record Sharing(Duration ageing, GroupPolicy groups) {}

    /**
     * What is kept of jobs that have ended, the newest first.
     *
     * @param completed records of completed jobs in each partition
     * @param dead dead jobs in each partition; empty: all
     * @param bytes how many bytes a partition keeps of both
     */
    public record Retention(int completed, OptionalInt dead, KeepBytes bytes) {}

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

    public QueuePolicy {
        atLeast(1, slots.concurrency, queue, "concurrency");
        atLeast(1, attempts.max, queue, "attempts");
        atLeast(0, retention.completed, queue, "keep-completed");
        atLeast(0, retention.dead.orElse(0), queue, "keep-dead");
        atLeast(0, attempts.maxStalls, queue, "max-stalls");
        atLeast(1, partitions, queue, "partitions");
        atLeast(1, slots.weight, queue, "weight");
        if (slots.weight > MAX_WEIGHT) {
            throw new IllegalArgumentException(
                    "queue '" + queue + "': weight is " + slots.weight + ", must be at most " + MAX_WEIGHT);
        }
        atLeast(1, limits.globalConcurrency.orElse(1), queue, "global-concurrency");
        if ((limits.rateLimit.isPresent() || limits.globalConcurrency.isPresent()) && partitions > 1) {
            throw new IllegalArgumentException("queue '" + queue
                    + "': a rate limit or a global concurrency needs partitions=1, because one Redis slot has to count"
                    + " all starts");
        }
        if (sharing.ageing.isNegative() || attempts.cancelGrace.isNegative()) {
            throw new IllegalArgumentException("queue '" + queue + "': ageing and cancel-grace must not be negative");
        }
    }

    /** A policy with the documented defaults; for tests, tools and queues nobody configured. */
    public static QueuePolicy defaults(String queue) {
        return builder(queue).build();
    }

    /** With the documented defaults. */
    public static Builder builder(String queue) {
        return new Builder(queue);
    }

    public Builder toBuilder() {
        return new Builder(queue)
                .concurrency(slots.concurrency)
                .weight(slots.weight)
                .attempts(attempts.max)
                .retry(attempts.retry)
                .timeout(attempts.timeout)
                .maxStalls(attempts.maxStalls)
                .cancelGrace(attempts.cancelGrace)
                .partitions(partitions)
                .rateLimit(limits.rateLimit, limits.limitedTypes)
                .globalConcurrency(limits.globalConcurrency)
                .ageing(sharing.ageing)
                .groups(sharing.groups)
                .keepCompleted(retention.completed)
                .keepDead(retention.dead)
                .keepBytes(retention.bytes);
    }

    static QueuePolicy of(String queue, QueueConfig.Queue config) {
        QueueConfig.Backoff backoff = config.backoff();
        return builder(queue)
                .concurrency(config.concurrency())
                .weight(config.weight())
                .attempts(config.attempts())
                .retry(new RetryPolicy(backoff.kind(), backoff.delay(), backoff.cap(), backoff.jitter()))
                .timeout(config.timeout())
                .maxStalls(config.maxStalls())
                .cancelGrace(config.cancelGrace())
                .partitions(config.partitions())
                .rateLimit(
                        config.rateLimit().map(limit -> new RateLimit(limit.permits(), limit.per(), limit.burst())),
                        config.rateLimit()
                                .flatMap(QueueConfig.Limit::types)
                                .map(Set::copyOf)
                                .orElse(Set.of()))
                .globalConcurrency(config.globalConcurrency())
                .ageing(config.ageing())
                .groups(new GroupPolicy(
                        config.groups().concurrency(),
                        config.groups()
                                .rateLimit()
                                .map(limit -> new RateLimit(limit.permits(), limit.per(), limit.burst()))))
                .keepCompleted(config.keepCompleted())
                .keepDead(config.keepDead())
                .keepBytes(new KeepBytes(
                        config.keepCompletedBytes().asLongValue(),
                        config.keepDeadBytes().asLongValue()))
                .build();
    }

    /** Whether the job may be what ended its worker if it is lost while it runs: one that lost a worker before. */
    public boolean isSuspect(ClaimedJob job) {
        return job.stalls() >= Math.min(1, attempts.maxStalls);
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

    public QueuePolicy withConcurrency(int value) {
        return toBuilder().concurrency(value).build();
    }

    public QueuePolicy withKeepCompleted(int value) {
        return toBuilder().keepCompleted(value).build();
    }

    public QueuePolicy withPartitions(int value) {
        return toBuilder().partitions(value).build();
    }

    public QueuePolicy withGroups(GroupPolicy value) {
        return toBuilder().groups(value).build();
    }

    public QueuePolicy withGlobalConcurrency(OptionalInt value) {
        return toBuilder().globalConcurrency(value).build();
    }

    public QueuePolicy withAgeing(Duration value) {
        return toBuilder().ageing(value).build();
    }

    public QueuePolicy withKeepBytes(KeepBytes value) {
        return toBuilder().keepBytes(value).build();
    }

    /** The lane a job of this type waits in. */
    public Lane laneOf(String type) {
        return limits.limitedTypes.contains(type) ? Lane.LIMITED : Lane.MAIN;
    }

    /** The lanes this queue has. */
    public Set<Lane> lanes() {
        return limits.limitedTypes.isEmpty() ? Set.of(Lane.MAIN) : Set.of(Lane.MAIN, Lane.LIMITED);
    }

    /** The limit on starts from a lane; empty: as fast as slots allow. */
    public Optional<RateLimit> limitOf(Lane lane) {
        boolean limited = limits.limitedTypes.isEmpty() || lane == Lane.LIMITED;
        return limited ? limits.rateLimit : Optional.empty();
    }

    private static void atLeast(int least, int value, String queue, String setting) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "queue '" + queue + "': " + setting + " is " + value + ", must be at least " + least);
        }
    }

    /** Names every setting; what is not set has its documented default. What the parts mean is said at each of them. */
    public static final class Builder {

        private final String queue;
        private int concurrency = 5;
        private int weight = 3;
        private int attempts = 3;
        private RetryPolicy retry = RetryPolicy.exponential(Duration.ofSeconds(1));
        private Duration timeout = Duration.ofMinutes(15);
        private int maxStalls = 3;
        private Duration cancelGrace = DEFAULT_CANCEL_GRACE;
        private int partitions = 1;
        private Optional<RateLimit> rateLimit = Optional.empty();
        private Set<String> limitedTypes = Set.of();
        private OptionalInt globalConcurrency = OptionalInt.empty();
        private Duration ageing = DEFAULT_AGEING;
        private GroupPolicy groups = GroupPolicy.DEFAULT;
        private int keepCompleted = 100;
        private OptionalInt keepDead = OptionalInt.empty();
        private KeepBytes keepBytes = KeepBytes.DEFAULT;

        private Builder(String queue) {
            this.queue = queue;
        }

        public Builder concurrency(int value) {
            this.concurrency = value;
            return this;
        }

        public Builder weight(int value) {
            this.weight = value;
            return this;
        }

        public Builder attempts(int value) {
            this.attempts = value;
            return this;
        }

        public Builder retry(RetryPolicy value) {
            this.retry = value;
            return this;
        }

        public Builder timeout(Duration value) {
            this.timeout = value;
            return this;
        }

        public Builder maxStalls(int value) {
            this.maxStalls = value;
            return this;
        }

        public Builder cancelGrace(Duration value) {
            this.cancelGrace = value;
            return this;
        }

        public Builder partitions(int value) {
            this.partitions = value;
            return this;
        }

        /**
         * The limit on job starts in all workers together.
         *
         * @param types the job types it holds for; empty: all types of the queue
         */
        public Builder rateLimit(Optional<RateLimit> limit, Set<String> types) {
            this.rateLimit = limit;
            this.limitedTypes = types;
            return this;
        }

        public Builder globalConcurrency(OptionalInt value) {
            this.globalConcurrency = value;
            return this;
        }

        public Builder ageing(Duration value) {
            this.ageing = value;
            return this;
        }

        public Builder groups(GroupPolicy value) {
            this.groups = value;
            return this;
        }

        public Builder keepCompleted(int value) {
            this.keepCompleted = value;
            return this;
        }

        public Builder keepDead(OptionalInt value) {
            this.keepDead = value;
            return this;
        }

        public Builder keepBytes(KeepBytes value) {
            this.keepBytes = value;
            return this;
        }

        public QueuePolicy build() {
            return new QueuePolicy(
                    queue,
                    partitions,
                    new Slots(concurrency, weight),
                    new Attempts(attempts, retry, timeout, maxStalls, cancelGrace),
                    new Limits(rateLimit, limitedTypes, globalConcurrency),
                    new Sharing(ageing, groups),
                    new Retention(keepCompleted, keepDead, keepBytes));
        }
    }
}
