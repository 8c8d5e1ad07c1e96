package io.penstock.worker.maintain;

import io.penstock.common.event.JobEvents;
import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.loop.PeriodicTask;
import io.penstock.common.queue.MaintenanceLeases;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueueMaintainer.Due;
import io.penstock.common.queue.QueueMaintainer.HeadStart;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.worker.run.Heartbeat;
import io.penstock.worker.run.StuckLoop;
import io.penstock.worker.run.WorkerConfig;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the partitions of a worker's queues healthy, those whose lease it holds: looks at all of them together, as a rule
 * once a second, and calls the duties that there is something to do for. What is due between two looks it knows from the
 * last one, or hears of from whoever schedules it.
 */
public final class MaintenanceLoop {

    /** Far beyond what a look may take; the calls have deadlines of their own. */
    private static final Duration TIME_LIMIT = Duration.ofMinutes(1);
    /** So far apart scripts expect looks: what is due sooner they tell. */
    private static final Duration MOST_BETWEEN_LOOKS = Duration.ofSeconds(1);
    /** A worker whose looks do not succeed for so long leaves the partitions to others. */
    private static final Duration UNFIT_AFTER = Duration.ofSeconds(5);

    private final List<QueuePolicy> policies;
    private final QueueMaintainer maintainer;
    private final Optional<MaintenanceLeases> leases;
    private final String workerId;
    private final JobEvents events;
    private final WorkerConfig config;
    private final EventLoopContext context;
    private final List<PartitionDuty> besides;
    private final HeadStart headStart;

    private volatile @Nullable Shift shift;

    /** Maintains one queue whoever else does, without asking. */
    public MaintenanceLoop(
            QueuePolicy policy,
            QueueMaintainer maintainer,
            JobEvents events,
            WorkerConfig config,
            EventLoopContext context) {
        this(List.of(policy), maintainer, Optional.empty(), "", events, config, context, List.of());
    }

    /**
     * @param policies of the queues that the worker serves
     * @param leases tell which partitions to maintain; empty: all, whoever else does
     * @param workerId for people; need not be unique
     * @param besides duties of other packages
     */
    public MaintenanceLoop(
            List<QueuePolicy> policies,
            QueueMaintainer maintainer,
            Optional<MaintenanceLeases> leases,
            String workerId,
            JobEvents events,
            WorkerConfig config,
            EventLoopContext context,
            List<PartitionDuty> besides) {
        this.policies = List.copyOf(policies);
        this.maintainer = maintainer;
        this.leases = leases;
        this.workerId = workerId;
        this.events = events;
        this.config = config;
        this.context = context;
        this.besides = List.copyOf(besides);
        this.headStart = HeadStart.of(config.lease(), config.rescueInterval());
    }

    public void start() {
        Shift next = new Shift();
        shift = next;
        next.start();
    }

    /** Ends it and lets others know. May be started again. */
    public void stop() {
        Shift last = shift;
        shift = null;
        if (last != null) {
            last.stop();
        }
    }

    /** The duties that get nowhere: no turn has ended, or none well, for so long after it was due. */
    public List<StuckLoop> stuckLoops(Duration limit) {
        Shift now = shift;
        return now == null ? List.of() : now.stuckLoops(limit);
    }

    /** From a start to a stop. */
    private final class Shift {

        private final Map<String, PartitionCare> cares = new LinkedHashMap<>();
        private final Heartbeat heartbeat = new Heartbeat("looking after its partitions");
        private final PeriodicTask looking;
        private final Optional<PartitionLeases> holding;
        private volatile long lookedNanos = System.nanoTime();
        private long notedNanos;
        private boolean noted;

        Shift() {
            looking = PeriodicTask.task(context, "look after the queues", this::lookOnce)
                    .timeLimit(TIME_LIMIT)
                    .exact()
                    .backoff(new Backoff(Duration.ofMillis(100), MOST_BETWEEN_LOOKS))
                    .onSuccess(heartbeat::well)
                    .onFailure(heartbeat::failed)
                    .build();
            PartitionCare.Terms terms = new PartitionCare.Terms(
                    maintainer,
                    context,
                    config.rescueInterval(),
                    config.promoteInterval(),
                    config.consumerCleanupInterval(),
                    besides);
            for (QueuePolicy policy : policies) {
                for (int partition = 0; partition < policy.partitions(); partition++) {
                    PartitionCare care = care(policy, partition, terms);
                    cares.put(care.name(), care);
                }
            }
            holding = leases.map(shared -> new PartitionLeases(
                    shared,
                    workerId + "/" + UUID.randomUUID(),
                    cares.keySet(),
                    context,
                    this::isFit,
                    this::taken,
                    this::dueWithin));
        }

        private PartitionCare care(QueuePolicy policy, int partition, PartitionCare.Terms terms) {
            String name = MaintenanceLeases.name(policy, partition);
            return new PartitionCare(
                    policy,
                    partition,
                    terms,
                    new LeaseRescuer(maintainer, policy, partition, config.lease(), headStart, events),
                    new CancelEnforcer(maintainer, policy, partition, headStart),
                    () -> holds(name));
        }

        private boolean holds(String name) {
            return holding.map(held -> held.holds(name)).orElse(true);
        }

        private boolean isFit() {
            return System.nanoTime() - lookedNanos < UNFIT_AFTER.toNanos();
        }

        private void taken() {
            lookedNanos = System.nanoTime();
            looking.runSoon();
        }

        private void dueWithin(String name, Duration time) {
            context.runOnContext(turn -> {
                PartitionCare care = cares.get(name);
                if (care != null && care.isHeld()) {
                    care.dueWithin(time);
                }
            });
        }

        void start() {
            cares.values().forEach(PartitionCare::start);
            looking.start();
            holding.ifPresent(PartitionLeases::start);
        }

        void stop() {
            looking.stop();
            cares.values().forEach(PartitionCare::stop);
            holding.ifPresent(PartitionLeases::stop);
        }

        private Uni<Duration> lookOnce() {
            List<PartitionCare> held = new ArrayList<>();
            for (PartitionCare care : cares.values()) {
                if (care.isHeld()) {
                    held.add(care);
                } else {
                    care.atRest();
                }
            }
            if (held.isEmpty()) {
                lookedNanos = System.nanoTime();
                return Uni.createFrom().item(pause());
            }
            long now = System.nanoTime();
            boolean note = !noted || now - notedNanos > headStart.afterSilence().toNanos() / 3;
            return maintainer
                    .look(held.stream().map(PartitionCare::looked).toList(), headStart, note)
                    .emitOn(command -> context.runOnContext(turn -> command.run()))
                    .map(found -> {
                        found(held, found);
                        noted |= note;
                        notedNanos = note ? now : notedNanos;
                        return pause();
                    });
        }

        private void found(List<PartitionCare> held, List<Due> found) {
            lookedNanos = System.nanoTime();
            for (int i = 0; i < held.size(); i++) {
                held.get(i).found(found.get(i));
            }
        }

        /** Whoever does not hear of what is due looks more often. */
        private Duration pause() {
            Duration rescue = shorter(config.rescueInterval(), MOST_BETWEEN_LOOKS);
            boolean hears = holding.map(PartitionLeases::hearsOfDue).orElse(false);
            return hears ? rescue : shorter(rescue, config.promoteInterval());
        }

        List<StuckLoop> stuckLoops(Duration limit) {
            List<StuckLoop> stuckLoops =
                    new ArrayList<>(heartbeat.stuckLoops("all queues", limit.plus(config.rescueInterval())));
            if (stuckLoops.isEmpty()) {
                // Without looks no duty is called, which is no fault of theirs.
                cares.values().forEach(care -> stuckLoops.addAll(care.stuckLoops(limit)));
            }
            return stuckLoops;
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
