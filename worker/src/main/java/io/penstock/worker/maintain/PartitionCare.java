package io.penstock.worker.maintain;

import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.loop.PeriodicTask;
import io.penstock.common.queue.MaintenanceLeases;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueueMaintainer.Due;
import io.penstock.common.queue.QueueMaintainer.Looked;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.worker.run.Heartbeat;
import io.penstock.worker.run.StuckLoop;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The duties of one partition: those that a look found something for run at once, the others rest. Confined to the event
 * loop of the {@link MaintenanceLoop}, whose looks call it.
 */
final class PartitionCare {

    /** Far beyond what a call may take; the calls have deadlines of their own. */
    private static final Duration TIME_LIMIT = Duration.ofMinutes(1);
    /** Of a duty that waits for a look to call it. */
    private static final Duration UNTIL_CALLED = Duration.ofHours(1);
    /** A timer must not come before the time it is for, or it finds nothing. */
    private static final Duration ROUNDING = Duration.ofMillis(1);

    private final QueuePolicy policy;
    private final int partition;
    private final String name;
    private final EventLoopContext context;
    private final BooleanSupplier held;
    private final Duration betweenPromotions;
    private final List<Duty> duties = new ArrayList<>();
    private final Duty promoting;
    private final Duty forwarding;
    private final Duty rescuing;
    private final Duty fencing;
    private final Duty fitting;
    private final List<Duty> reporting = new ArrayList<>();
    private final List<Duty> timed = new ArrayList<>();
    private boolean busy;

    /** What the partitions of a worker have in common. */
    record Terms(
            QueueMaintainer maintainer,
            EventLoopContext context,
            Duration rescueInterval,
            Duration promoteInterval,
            Duration cleanupInterval,
            List<PartitionDuty> besides) {}

    /** @param held whether this worker maintains the partition now */
    PartitionCare(
            QueuePolicy policy,
            int partition,
            Terms terms,
            LeaseRescuer rescuer,
            CancelEnforcer enforcer,
            BooleanSupplier held) {
        this.policy = policy;
        this.partition = partition;
        this.name = MaintenanceLeases.name(policy, partition);
        this.context = terms.context();
        this.held = held;
        // Half, so that with the time a promotion takes no job is later than that.
        this.betweenPromotions = terms.promoteInterval().dividedBy(2);
        QueueMaintainer maintainer = terms.maintainer();
        Duration retry = terms.rescueInterval();
        DuePromoter promoter = new DuePromoter(maintainer, policy, partition);
        promoting = duty("promote due jobs", terms.promoteInterval(), () -> promoter.runOnce()
                .map(this::untilNext));
        OutgoingForwarder forwarder = new OutgoingForwarder(maintainer, policy, partition);
        forwarding = whenCalled("forward jobs to other partitions", retry, forwarder::runOnce);
        rescuing = whenCalled("rescue lost jobs", retry, rescuer::runOnce);
        fencing = whenCalled("fence cancelled jobs", retry, enforcer::runOnce);
        fitting = whenCalled("fit groups to their limits", retry, () -> maintainer.fitGroups(policy, partition));
        ConsumerCleaner cleaner = new ConsumerCleaner(maintainer, policy, partition);
        timed.add(duty("forget idle workers", terms.cleanupInterval(), () -> cleaner.runOnce()
                .replaceWith(() -> Backoff.jittered(terms.cleanupInterval()))));
        for (PartitionDuty duty : terms.besides()) {
            Supplier<Uni<?>> run = () -> duty.runOnce(policy, partition);
            switch (duty.need()) {
                case ALWAYS ->
                    timed.add(duty(duty.name(), duty.interval(), () -> run.get()
                            .replaceWith(() -> Backoff.jittered(duty.interval()))));
                case UNREPORTED_ENDS -> reporting.add(whenCalled(duty.name(), duty.interval(), run));
            }
        }
    }

    private Duty whenCalled(String what, Duration period, Supplier<? extends Uni<?>> run) {
        return duty(what, period, () -> run.get().replaceWith(UNTIL_CALLED));
    }

    private Duty duty(String what, Duration period, Supplier<Uni<Duration>> run) {
        Duty duty = new Duty(what, period, run);
        duties.add(duty);
        return duty;
    }

    private Duration untilNext(Optional<Duration> nextDue) {
        Duration wait = nextDue.map(ROUNDING::plus).orElse(UNTIL_CALLED);
        return wait.compareTo(betweenPromotions) > 0 ? wait : betweenPromotions;
    }

    void start() {
        timed.forEach(duty -> duty.task.startAfter(Backoff.jittered(duty.period)));
    }

    void stop() {
        duties.forEach(duty -> duty.task.stop());
    }

    String name() {
        return name;
    }

    boolean isHeld() {
        return held.getAsBoolean();
    }

    Looked looked() {
        return new Looked(policy, partition, busy);
    }

    /** Calls the duties that a look found something for. */
    void found(Due due) {
        busy = due.busy();
        due.nextDue().ifPresentOrElse(this::dueWithin, promoting::atRest);
        rescuing.call(due.busy());
        fencing.call(due.cancels());
        forwarding.call(due.outgoing());
        // Whether there is something to do it knows by itself.
        fitting.call(true);
        reporting.forEach(duty -> duty.call(due.unreported()));
        timed.forEach(Duty::atRest);
    }

    /** A job is due after so much time. */
    void dueWithin(Duration time) {
        Duration spacing = betweenPromotions.minus(promoting.task.sinceLastEnd());
        Duration wait = time.plus(ROUNDING);
        promoting.task.runWithin(wait.compareTo(spacing) > 0 ? wait : spacing);
    }

    /** Somebody else maintains the partition. */
    void atRest() {
        busy = false;
        duties.forEach(Duty::atRest);
    }

    List<StuckLoop> stuckLoops(Duration limit) {
        List<StuckLoop> stuckLoops = new ArrayList<>();
        for (Duty duty : duties) {
            stuckLoops.addAll(duty.heartbeat.stuckLoops("queue " + policy.queue(), limit.plus(duty.period)));
        }
        return stuckLoops;
    }

    /** One duty and its signs of life. */
    private final class Duty {

        private final Duration period;
        private final Heartbeat heartbeat;
        private final PeriodicTask task;
        private boolean running;
        private boolean failing;

        /** @param period of the duty or, after a failure, until it is tried again */
        Duty(String what, Duration period, Supplier<Uni<Duration>> run) {
            this.period = period;
            this.heartbeat = new Heartbeat(what);
            this.task = PeriodicTask.task(context, what + " of queue " + policy.queue(), () -> begin(run))
                    .timeLimit(TIME_LIMIT)
                    .exact()
                    .pauseAfterFailures(failures -> Backoff.jittered(period))
                    .onSuccess(this::succeeded)
                    .onFailure(this::failed)
                    .build();
        }

        private Uni<Duration> begin(Supplier<Uni<Duration>> run) {
            running = true;
            return held.getAsBoolean() ? run.get() : Uni.createFrom().item(period);
        }

        private void succeeded() {
            running = false;
            failing = false;
            heartbeat.well();
        }

        private void failed(Throwable failure) {
            running = false;
            failing = true;
            heartbeat.failed(failure);
        }

        void call(boolean needed) {
            if (needed) {
                task.runSoon();
            } else {
                atRest();
            }
        }

        void atRest() {
            if (!running && !failing) {
                heartbeat.well();
            }
        }
    }
}
