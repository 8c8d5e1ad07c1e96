package io.penstock.worker.maintain;

import io.penstock.common.event.JobEvents;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.worker.run.Heartbeat;
import io.penstock.worker.run.StuckLoop;
import io.penstock.worker.run.WorkerConfig;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.Logger;

/** Calls the tenders of one queue's partitions at their times, each never twice at once. */
public final class MaintenanceLoop {

    private static final Logger LOG = Logger.getLogger(MaintenanceLoop.class);

    private final QueuePolicy policy;
    private final QueueMaintainer maintainer;
    private final JobEvents events;
    private final WorkerConfig config;
    private final Context context;
    private final List<PartitionDuty> besides;
    private final List<Round> rounds = new ArrayList<>();

    public MaintenanceLoop(
            QueuePolicy policy, QueueMaintainer maintainer, JobEvents events, WorkerConfig config, Context context) {
        this(policy, maintainer, events, config, context, List.of());
    }

    /** @param besides duties of other packages */
    public MaintenanceLoop(
            QueuePolicy policy,
            QueueMaintainer maintainer,
            JobEvents events,
            WorkerConfig config,
            Context context,
            List<PartitionDuty> besides) {
        this.policy = policy;
        this.besides = List.copyOf(besides);
        this.maintainer = maintainer;
        this.events = events;
        this.config = config;
        this.context = context;
    }

    public void start() {
        for (int partition = 0; partition < policy.partitions(); partition++) {
            DuePromoter promoter = new DuePromoter(maintainer, policy, partition);
            LeaseRescuer rescuer = new LeaseRescuer(maintainer, policy, partition, config.lease(), events);
            CancelEnforcer fence = new CancelEnforcer(maintainer, policy, partition);
            ConsumerCleaner consumerCleaner = new ConsumerCleaner(maintainer, policy, partition);
            rounds.add(new Round("promote due jobs", config.promoteInterval(), promoter::runOnce));
            OutgoingForwarder forwarder = new OutgoingForwarder(maintainer, policy, partition);
            rounds.add(new Round("carry jobs to other partitions", config.rescueInterval(), forwarder::runOnce));
            rounds.add(new Round("rescue lost jobs", config.rescueInterval(), rescuer::runOnce));
            rounds.add(new Round("fence cancelled jobs", config.rescueInterval(), fence::runOnce));
            rounds.add(new Round("forget idle workers", config.consumerCleanupInterval(), consumerCleaner::runOnce));
            int number = partition;
            for (PartitionDuty duty : besides) {
                rounds.add(new Round(duty.name(), duty.interval(), () -> duty.runOnce(policy, number)));
            }
        }
        rounds.forEach(Round::plan);
    }

    public void stop() {
        rounds.forEach(round -> round.stopped = true);
    }

    /** The duties that get nowhere: no turn has ended, or none well, for so long after it was due. */
    public List<StuckLoop> troubles(Duration limit) {
        List<StuckLoop> troubles = new ArrayList<>();
        for (Round round : rounds) {
            if (!round.stopped) {
                troubles.addAll(round.pulse.troubles("queue " + policy.queue(), limit.plus(round.period)));
            }
        }
        return troubles;
    }

    /** One repeated duty. The next turn is planned when the last one has ended, so that a slow Redis is not asked more. */
    private final class Round {

        private final String duty;
        private final Duration period;
        private final Heartbeat pulse;
        private final java.util.function.Supplier<Uni<?>> turn;
        private volatile boolean stopped;
        private boolean failing;

        Round(String duty, Duration period, java.util.function.Supplier<Uni<?>> turn) {
            this.duty = duty;
            this.period = period;
            this.pulse = new Heartbeat(duty);
            this.turn = turn;
        }

        void plan() {
            if (!stopped) {
                long periodMs = period.toMillis();
                // Workers that started together must not all knock at the same instants.
                long jittered =
                        Math.max(1, periodMs - ThreadLocalRandom.current().nextLong(periodMs / 4 + 1));
                context.owner().setTimer(jittered, timer -> run());
            }
        }

        private void run() {
            if (stopped) {
                return;
            }
            Uni.createFrom().<Object>deferred(() -> turn.get()).subscribe().with(done -> ended(null), this::ended);
        }

        private void ended(@org.jspecify.annotations.Nullable Throwable failure) {
            if (failure != null && !failing && !stopped) {
                LOG.warnf("queue %s: cannot %s, will keep trying: %s", policy.queue(), duty, failure.getMessage());
            }
            failing = failure != null;
            if (failure == null) {
                pulse.well();
            } else {
                pulse.failed(failure);
            }
            plan();
        }
    }
}
