package io.penstock.bench;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.queue.QueuePolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * What workers cost that have nothing to do: first a fifth of them, then all, so that it shows what each one more adds. After
 * that, with all of them, how soon single jobs are picked up, promoted, rescued and cancelled.
 */
final class AtRest implements Measurement {

    /** Until workers without jobs have come to rest, see {@code penstock.worker.claim-wait}: eight times that, and some. */
    private static final Duration SETTLE = Duration.ofSeconds(45);

    private static final Duration LENGTH = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);
    private static final Duration BETWEEN_JOBS = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration SHORTEST_DELAY = Duration.ofMillis(100);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(3);
    private static final int FIRST_PART = 5;
    private static final int CANCELLED_JOBS = 10;
    private static final int LOST_JOBS = 10;
    /** See {@code penstock.worker.lease}. */
    private static final Duration LEASE = Duration.ofSeconds(30);
    /** What a worker may be late, see {@code CancelEnforcer}. */
    private static final Duration CANCEL_SLACK = Duration.ofSeconds(2);

    private static final double PERCENT = 100;
    private static final double MICROS_PER_SECOND = 1e6;

    @Override
    public Figures measure(Run run) {
        RunOptions.Fleet size = run.options().fleet();
        int partitions = size.queues() * run.options().partitions();
        try (IdleFleet fleet =
                new IdleFleet(run.redisUrl(), size.queues(), run.options().partitions())) {
            run.toStop(fleet::close);
            int first = Math.max(1, size.workers() / FIRST_PART);
            fleet.start(first);
            Rest few = rest(run);
            fleet.start(size.workers() - first);
            Rest all = rest(run);
            double growth = size.workers() == first
                    ? 0
                    : (all.commands - few.commands) / ((size.workers() - first) * (double) size.queues());
            Figures figures = run.figures()
                    .with(Field.WORKERS, size.workers())
                    .with(Field.QUEUES, size.queues())
                    .with(Field.COMMANDS_PER_PARTITION, all.commands / partitions)
                    .with(Field.COMMANDS_GROWTH, growth)
                    .with(Field.REDIS_SHARE, all.redisShare * PERCENT)
                    .with(Field.WORKER_SHARE, all.clientShare * PERCENT / size.workers())
                    .with(Field.REDIS_CONNECTIONS, all.connections);
            return latencies(run, fleet, figures);
        } finally {
            for (int queue = 0; queue < size.queues(); queue++) {
                run.redis().remove(IdleFleet.queue(queue));
            }
        }
    }

    /**
     * @param commands that Redis ran in a second, those of scripts included
     * @param redisShare of a core
     * @param clientShare of a core, for all workers
     */
    private record Rest(double commands, double redisShare, double clientShare, double connections) {}

    private static Rest rest(Run run) {
        Pause.of(SETTLE);
        BenchRedis redis = run.redis();
        LongSupplier count = () -> Long.parseLong(redis.told("stats", "total_commands_processed"));
        long before = count.getAsLong();
        Effort.Start start = Effort.start(redis);
        Pause.of(LENGTH);
        Effort effort = start.end();
        long commands = count.getAsLong() - before;
        double seconds = effort.wallMicros() / MICROS_PER_SECOND;
        return new Rest(
                commands / seconds,
                effort.redisMicros() / effort.wallMicros(),
                effort.clientMicros() / effort.wallMicros(),
                Double.parseDouble(redis.told("clients", "connected_clients")));
    }

    private static Figures latencies(Run run, IdleFleet fleet, Figures figures) {
        pickUp(run.warmUp(), fleet, i -> JobOptions.DEFAULT);
        fleet.waits().forget();
        pickUp(run.jobs(), fleet, i -> JobOptions.DEFAULT);
        Figures all = figures.with(Field.P50, fleet.waits().millisAt(50))
                .with(Field.P99, fleet.waits().millisAt(99));
        fleet.waits().forget();
        Random random = new Random(1);
        pickUp(
                run.jobs(),
                fleet,
                i -> JobOptions.DEFAULT.withDelay(SHORTEST_DELAY.plusMillis(
                        random.nextInt((int) LONGEST_DELAY.minus(SHORTEST_DELAY).toMillis()))));
        all = all.with(Field.PROMOTED_P99, fleet.waits().millisAt(99))
                .with(Field.PROMOTED_MOST, fleet.waits().most());
        fleet.waits().forget();
        rescue(run, fleet);
        all = all.with(Field.RESCUED_MOST, fleet.waits().most());
        return all.with(Field.CANCELLED_MOST, cancelHeeded(fleet)).with(Field.FENCED_MOST, cancelEnforced(run, fleet));
    }

    private interface Options {
        JobOptions of(long job);
    }

    /** One job at a time into one queue after the other; waits until all have completed. */
    private static void pickUp(long jobs, IdleFleet fleet, Options options) {
        long before = fleet.ends().completed();
        int queues = fleet.policies().size();
        for (long i = 0; i < jobs; i++) {
            JobOptions with = options.of(i);
            fleet.enqueue(
                    fleet.type((int) (i % queues)),
                    DuePayload.at(System.nanoTime() + with.delay().toNanos()),
                    with);
            Pause.of(BETWEEN_JOBS);
        }
        await("jobs are not done", () -> fleet.ends().completed() >= before + jobs);
    }

    /** Jobs that a worker claimed which was never heard of again. */
    private static void rescue(Run run, IdleFleet fleet) {
        long before = fleet.ends().completed();
        int lost = Math.min(LOST_JOBS, fleet.policies().size());
        for (int queue = 0; queue < lost; queue++) {
            DuePayload due = DuePayload.at(System.nanoTime() + LEASE.toNanos());
            claimByNobody(run, fleet, queue, due);
        }
        await("lost jobs are not rescued", () -> fleet.ends().completed() >= before + lost);
    }

    private static String claimByNobody(Run run, IdleFleet fleet, int queue, DuePayload payload) {
        JobType<DuePayload> type = fleet.type(queue);
        QueuePolicy policy = fleet.policies().get(queue);
        String entry = run.redis().claimByNobody(policy.queue(), "1;" + type.name(), fleet.json(type, payload));
        return policy.queue() + "~0~0~" + entry;
    }

    /** From the call to the end of the handler's work, at most. */
    private static double cancelHeeded(IdleFleet fleet) {
        double most = 0;
        for (int i = 1; i <= CANCELLED_JOBS; i++) {
            int count = i;
            String id = fleet.enqueue(fleet.holding().type(), DuePayload.at(0), JobOptions.DEFAULT);
            await("a job does not begin", () -> fleet.holding().begun() >= count);
            long asked = System.nanoTime();
            fleet.admin().cancel(id, "bench").await().atMost(PATIENCE);
            await("a job is not cancelled", () -> fleet.holding().cancelled() >= count);
            most = Math.max(most, millisSince(asked));
        }
        return most;
    }

    /** How late jobs were taken from a worker that does not heed, at most. */
    private static double cancelEnforced(Run run, IdleFleet fleet) {
        List<Long> asked = new ArrayList<>();
        int jobs = Math.min(CANCELLED_JOBS, fleet.policies().size());
        for (int queue = 0; queue < jobs; queue++) {
            String id = claimByNobody(run, fleet, queue, DuePayload.at(0));
            fleet.admin().cancel(id, "bench").await().atMost(PATIENCE);
            asked.add(System.nanoTime());
        }
        double most = 0;
        for (int queue = 0; queue < jobs; queue++) {
            String name = fleet.policies().get(queue).queue();
            await("a cancelled job is not taken", () -> run.redis().isReadyEmpty(name));
            most = Math.max(
                    most,
                    millisSince(asked.get(queue))
                            - IdleFleet.CANCEL_GRACE.plus(CANCEL_SLACK).toMillis());
        }
        return most;
    }

    private static double millisSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toNanos() / MICROS_PER_SECOND;
    }

    private static void await(String otherwise, BooleanSupplier condition) {
        if (!Pause.until(condition, BETWEEN_LOOKS, PATIENCE)) {
            throw new BenchException(otherwise + " after " + PATIENCE.toSeconds() + " s");
        }
    }
}
