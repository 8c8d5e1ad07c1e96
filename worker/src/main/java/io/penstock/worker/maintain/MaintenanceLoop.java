package io.penstock.worker.maintain;

import io.penstock.common.event.JobEvents;
import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.loop.PeriodicTask;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.worker.run.Heartbeat;
import io.penstock.worker.run.StuckLoop;
import io.penstock.worker.run.WorkerConfig;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Calls the maintainers of one queue's partitions at their times, each never twice at once. */
public final class MaintenanceLoop {

    /** Far beyond what a call may take; the calls have deadlines of their own. */
    private static final Duration TIME_LIMIT = Duration.ofMinutes(1);

    private final QueuePolicy policy;
    private final QueueMaintainer maintainer;
    private final JobEvents events;
    private final WorkerConfig config;
    private final EventLoopContext context;
    private final List<PartitionDuty> besides;
    private final List<Duty> duties = new ArrayList<>();

    private volatile boolean stopped;

    public MaintenanceLoop(
            QueuePolicy policy,
            QueueMaintainer maintainer,
            JobEvents events,
            WorkerConfig config,
            EventLoopContext context) {
        this(policy, maintainer, events, config, context, List.of());
    }

    /** @param besides duties of other packages */
    public MaintenanceLoop(
            QueuePolicy policy,
            QueueMaintainer maintainer,
            JobEvents events,
            WorkerConfig config,
            EventLoopContext context,
            List<PartitionDuty> besides) {
        this.policy = policy;
        this.besides = List.copyOf(besides);
        this.maintainer = maintainer;
        this.events = events;
        this.config = config;
        this.context = context;
    }

    public void start() {
        QueueMaintainer.HeadStart headStart = QueueMaintainer.HeadStart.of(config.lease(), config.rescueInterval());
        for (int partition = 0; partition < policy.partitions(); partition++) {
            DuePromoter promoter = new DuePromoter(maintainer, policy, partition);
            LeaseRescuer rescuer = new LeaseRescuer(maintainer, policy, partition, config.lease(), headStart, events);
            CancelEnforcer fence = new CancelEnforcer(maintainer, policy, partition, headStart);
            ConsumerCleaner consumerCleaner = new ConsumerCleaner(maintainer, policy, partition);
            duties.add(new Duty("promote due jobs", config.promoteInterval(), promoter::runOnce));
            OutgoingForwarder forwarder = new OutgoingForwarder(maintainer, policy, partition);
            duties.add(new Duty("forward jobs to other partitions", config.rescueInterval(), forwarder::runOnce));
            duties.add(new Duty("rescue lost jobs", config.rescueInterval(), rescuer::runOnce));
            duties.add(new Duty("fence cancelled jobs", config.rescueInterval(), fence::runOnce));
            duties.add(new Duty("forget idle workers", config.consumerCleanupInterval(), consumerCleaner::runOnce));
            int number = partition;
            for (PartitionDuty duty : besides) {
                duties.add(new Duty(duty.name(), duty.interval(), () -> duty.runOnce(policy, number)));
            }
        }
        duties.forEach(duty -> duty.task.startAfter(Backoff.jittered(duty.period)));
    }

    public void stop() {
        stopped = true;
        duties.forEach(duty -> duty.task.stop());
    }

    /** The duties that get nowhere: no turn has ended, or none well, for so long after it was due. */
    public List<StuckLoop> stuckLoops(Duration limit) {
        List<StuckLoop> stuckLoops = new ArrayList<>();
        for (Duty duty : stopped ? List.<Duty>of() : duties) {
            stuckLoops.addAll(duty.heartbeat.stuckLoops("queue " + policy.queue(), limit.plus(duty.period)));
        }
        return stuckLoops;
    }

    /** One repeated duty and its signs of life. */
    private final class Duty {

        private final Duration period;
        private final Heartbeat heartbeat;
        private final PeriodicTask task;

        Duty(String what, Duration period, Supplier<? extends Uni<?>> run) {
            this.period = period;
            this.heartbeat = new Heartbeat(what);
            this.task = PeriodicTask.task(
                            context, what + " of queue " + policy.queue(), PeriodicTask.every(period, run))
                    .timeLimit(TIME_LIMIT)
                    .pauseAfterFailures(failures -> Backoff.jittered(period))
                    .onSuccess(heartbeat::well)
                    .onFailure(heartbeat::failed)
                    .build();
        }
    }
}
