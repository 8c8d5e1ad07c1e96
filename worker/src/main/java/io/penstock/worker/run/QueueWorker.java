package io.penstock.worker.run;

import io.penstock.common.event.JobEvents;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.LongRunningJob;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.QueueConsumers;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.workers.WorkerState;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Works off one queue in this process: a claim loop for each of its lines and partitions, all sharing the queue's
 * slots, all on one event loop. What runs here needs no locks; only a {@link SlotPool} reaches over to other queues.
 */
public final class QueueWorker {

    /** How often attempts are checked against their time limit; a time-out may come this much late. */
    private static final Duration TIME_OUT_CHECK = Duration.ofMillis(250);

    private final QueuePolicy policy;
    private final QueuePolicies policies;
    private final Slots slots;
    private final EventLoopContext context;
    private final Duration lease;
    private final Duration cancelPollInterval;
    private final List<ClaimLoop> loops = new ArrayList<>();
    private final List<LeaseKeeper> keepers = new ArrayList<>();
    private volatile boolean stopping;
    private final List<Long> timers = new ArrayList<>();
    private Runnable stopListening = () -> {};

    /** What a worker's queues have in common. */
    public record Surroundings(
            QueueConsumers consumers,
            HandlerRegistry handlers,
            PayloadCodec codec,
            QueuePolicies policies,
            JobEvents events,
            InstantSource clock,
            String workerId,
            Duration lease,
            Duration claimWait,
            Duration prefetch,
            Duration cancelPollInterval,
            ProgressSettings progressSettings,
            Backpressure backpressure,
            JobTracing tracing) {

        /** With the times of the configuration, and no spans. */
        public Surroundings(
                QueueConsumers consumers,
                HandlerRegistry handlers,
                PayloadCodec codec,
                QueuePolicies policies,
                JobEvents events,
                InstantSource clock,
                String workerId,
                WorkerConfig config,
                ProgressSettings progressSettings,
                Backpressure backpressure) {
            this(
                    consumers,
                    handlers,
                    codec,
                    policies,
                    events,
                    clock,
                    workerId,
                    config.lease(),
                    config.claimWait(),
                    config.prefetch(),
                    config.cancelPollInterval(),
                    progressSettings,
                    backpressure,
                    JobTracing.OFF);
        }

        /** The same with spans. */
        public Surroundings tracedBy(JobTracing with) {
            return new Surroundings(
                    consumers,
                    handlers,
                    codec,
                    policies,
                    events,
                    clock,
                    workerId,
                    lease,
                    claimWait,
                    prefetch,
                    cancelPollInterval,
                    progressSettings,
                    backpressure,
                    with);
        }
    }

    /**
     * A queue whose slots are its own. To be called on {@code context}, so that the connections are served there too.
     *
     * @param policy as it is configured; what operators change of it holds as soon as {@code with} knows of it
     */
    public QueueWorker(QueuePolicy policy, Surroundings with, EventLoopContext context) {
        this(policy, with, context, new Slots(concurrency(policy, with), with.prefetch()));
    }

    /** A queue that shares {@code pool} with others and is known there. To be called on {@code context} as well. */
    public QueueWorker(QueuePolicy policy, Surroundings with, EventLoopContext context, SlotPool pool) {
        this(
                policy,
                with,
                context,
                new SharedSlots(
                        concurrency(policy, with),
                        pool.shareOf(policy.queue()),
                        task -> context.runOnContext(turn -> task.run())));
    }

    private static int concurrency(QueuePolicy policy, Surroundings with) {
        return with.policies().inForce(policy).slots().concurrency();
    }

    /** What is claimed after a wait has to be renewed before it begins if the wait was as long as a lease. */
    private static Duration claimWait(Surroundings with) {
        Duration most = with.lease().dividedBy(3);
        return with.claimWait().compareTo(most) < 0 ? with.claimWait() : most;
    }

    private QueueWorker(QueuePolicy policy, Surroundings with, EventLoopContext context, Slots slots) {
        this.policy = policy;
        this.policies = with.policies();
        this.slots = slots;
        this.context = context;
        this.lease = with.lease();
        this.cancelPollInterval = with.cancelPollInterval();
        FollowUps followUps = new FollowUps(with.codec(), with.policies());
        for (int partition = 0; partition < policy.partitions(); partition++) {
            for (Lane lane : policy.lanes()) {
                var consumer = with.consumers().open(policy, partition, lane, with.workerId());
                LeaseValidity validity = new LeaseValidity(lease);
                var runner = new JobRunner(
                        consumer,
                        slots,
                        with.handlers(),
                        with.codec(),
                        followUps,
                        with.events(),
                        context,
                        with.clock(),
                        with.progressSettings(),
                        validity,
                        with.tracing());
                ClaimLoop loop =
                        new ClaimLoop(consumer, slots, runner, context, claimWait(with), with.backpressure(), validity);
                loops.add(loop);
                keepers.add(new LeaseKeeper(loop, validity));
            }
        }
    }

    public void start() {
        stopListening = policies.onChange(queue -> {
            if (queue.equals(policy.queue())) {
                context.runOnContext(turn -> limitsChanged());
            }
        });
        limitsChanged();
        for (int i = 0; i < loops.size(); i++) {
            ClaimLoop loop = loops.get(i);
            LeaseKeeper keeper = keepers.get(i);
            every(lease.dividedBy(3), () -> keeper.renewAll(context::execute));
            every(TIME_OUT_CHECK, () -> {
                loop.look();
                keeper.beatWhileIdle();
                loop.runner().stopper().timeOutOverdue();
            });
            loop.start();
        }
        Map<Integer, List<ClaimLoop>> byPartition = loops.stream()
                .collect(Collectors.groupingBy(loop -> loop.consumer().partition()));
        byPartition.values().stream()
                .map(CancelWatch::new)
                .forEach(watch -> every(cancelPollInterval, () -> watch.runOnce(context::execute)));
    }

    private void limitsChanged() {
        slots.resize(concurrency());
        loops.forEach(ClaimLoop::limitsChanged);
    }

    private void every(Duration period, Runnable action) {
        timers.add(context.setPeriodic(Math.max(1, period.toMillis()), timer -> action.run()));
    }

    public String queue() {
        return policy.queue();
    }

    /** Jobs that handlers are working on. */
    public int running() {
        return loops.stream()
                .mapToInt(loop -> loop.runner().jobs().slotsTaken())
                .sum();
    }

    /** Age of the oldest lease held here, counted from its last renewal; zero where none is held. At most 250 ms old. */
    public Duration leaseAge() {
        return keepers.stream()
                .map(LeaseKeeper::leaseAge)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** How long a lease lasts without renewal. */
    public Duration lease() {
        return lease;
    }

    /** Jobs that handlers have been working on for longer, the longest first; those of one process. */
    public Uni<List<LongRunningJob>> runningLongerThan(Duration limit) {
        return Uni.createFrom()
                .emitter(emitter -> context.runOnContext(turn -> emitter.complete(loops.stream()
                        .flatMap(loop -> loop.runner().jobs().running().stream())
                        .filter(job -> job.ran().compareTo(limit) > 0)
                        .sorted(Comparator.comparing(RunningJob::ran).reversed())
                        .map(job -> new LongRunningJob(job.jobId(), job.type(), job.startedAt()))
                        .toList())));
    }

    /** The jobs that handlers work on, the longest first. */
    public Uni<List<WorkerState.Job>> jobs(int most) {
        return Uni.createFrom()
                .emitter(emitter -> context.runOnContext(turn -> emitter.complete(loops.stream()
                        .flatMap(loop -> loop.runner().jobs().running().stream()
                                .map(job -> new WorkerState.Job(
                                        job.jobId(),
                                        job.type(),
                                        queue(),
                                        job.attempt(),
                                        job.startedAt().toEpochMilli(),
                                        job.claimed().timeout().toMillis(),
                                        loop.leaseLeft().toMillis())))
                        .sorted(Comparator.comparingLong(WorkerState.Job::startedMs))
                        .limit(most)
                        .toList())));
    }

    /** Claims nothing more for now; what runs goes on. From any thread. */
    public void quiet() {
        context.runOnContext(turn -> loops.forEach(ClaimLoop::quiet));
    }

    /** Claims again. From any thread. */
    public void resume() {
        context.runOnContext(turn -> loops.forEach(ClaimLoop::resume));
    }

    public int concurrency() {
        return policies.inForce(policy).slots().concurrency();
    }

    /**
     * What gets nowhere here, although it should: claims that do not end or only fail while a slot is free, leases that are
     * not renewed, ends that are not stored. A loop that waits for a slot is well as long as its event loop says so: its
     * jobs have time limits. None once the queue is told to stop.
     *
     * @param limit how long each may take
     */
    public List<StuckLoop> stuckLoops(Duration limit) {
        List<StuckLoop> stuckLoops = new ArrayList<>();
        if (stopping) {
            return stuckLoops;
        }
        for (ClaimLoop loop : loops) {
            String where = "queue " + queue() + " " + loop.consumer().partition() + " "
                    + loop.consumer().lane();
            stuckLoops.addAll(loop.heartbeat().stuckLoops(where, limit));
            Duration storing = loop.runner().finisher().longestStore();
            if (storing.compareTo(limit) > 0) {
                stuckLoops.add(
                        new StuckLoop(where + ", storing ends", "the end of a job is not stored", storing, true));
            }
        }
        for (LeaseKeeper keeper : keepers) {
            stuckLoops.addAll(keeper.heartbeat().stuckLoops("queue " + queue(), limit));
        }
        return stuckLoops;
    }

    /**
     * Stops claiming, waits for running jobs up to {@code grace}, hands the rest back. Leases are kept until then.
     * Completes when nothing of this queue is held any more.
     */
    public Uni<Void> stop(Duration grace) {
        return Uni.createFrom()
                .emitter(emitter -> context.runOnContext(turn -> {
                    stopping = true;
                    stopListening.run();
                    loops.forEach(ClaimLoop::stop);
                    new Drain(loops, context, grace).run(() -> {
                        timers.forEach(context::cancelTimer);
                        loops.forEach(loop -> loop.consumer().close());
                        emitter.complete(null);
                    });
                }));
    }
}
