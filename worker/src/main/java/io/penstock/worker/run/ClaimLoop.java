package io.penstock.worker.run;

import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.CancelRequest;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.QueueConsumer;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Fills the free slots of a queue from one of its lines: wait for a slot, claim as many jobs as the {@link ClaimStrategy}
 * allows, start them, again. Waiting happens in Redis, so that an idle loop costs next to nothing. Confined to the
 * queue's event loop.
 */
final class ClaimLoop {

    private static final Logger LOG = Logger.getLogger(ClaimLoop.class);

    /** After failed claims. */
    private static final Backoff BACKOFF = Backoff.ofMillis(50, 1_000);
    /** While jobs are handed back. */
    private static final Backoff HAND_BACK = Backoff.ofMillis(100, 2_000);

    private static final long MAX_PAUSE_MS = 1_000;

    /** How soon backpressure is asked again whether it is over. */
    private static final long BACKPRESSURE_PAUSE_MS = 50;
    /** A job that was claimed without a slot and finds none for so long goes back: another worker may have one. */
    private static final Duration MAX_HOLD = Duration.ofSeconds(1);
    /** See {@code JobFinisher.GIVE_UP_AFTER}. */
    private static final Duration GIVE_UP_AFTER = Duration.ofMinutes(10);

    private final QueueConsumer consumer;
    private final Slots slots;
    private final JobRunner runner;
    private final EventLoopContext context;
    private final ClaimStrategy strategy;
    private final Backpressure backpressure;
    private final LeaseValidity validity;
    /** Claimed beyond the free slots; kept under their leases until a slot is free. */
    private final ArrayDeque<ClaimedJob> held = new ArrayDeque<>();
    /** Held ones that were cancelled: they end as soon as they have a slot. */
    private final Set<ClaimedJob> cancelled = Collections.newSetFromMap(new IdentityHashMap<>());
    /** Held for too long and on their way back to the queue; kept under their leases until they are there. */
    private List<ClaimedJob> leaving = List.of();

    private long started;
    private boolean letGoPlanned;
    private boolean stopping;
    /** Claims nothing for now, see {@link #quiet}. */
    private boolean quiet;

    private boolean claiming;
    /** A claim failed: Redis may have carried it out. */
    private boolean mayHaveMissed;

    private boolean waitsForSlot;
    /** The worker stood still, or a claim was on its way, for longer than a lease. */
    private boolean waitsForRenewal;

    /** Claims in a row. */
    private int failures;

    private final Heartbeat heartbeat = new Heartbeat("claiming");

    /** @param wait how long a claim waits in Redis for the first job */
    ClaimLoop(
            QueueConsumer consumer,
            Slots slots,
            JobRunner runner,
            EventLoopContext context,
            Duration wait,
            Backpressure backpressure,
            LeaseValidity validity) {
        this.validity = validity;
        this.consumer = consumer;
        this.slots = slots;
        this.runner = runner;
        this.context = context;
        this.backpressure = backpressure;
        boolean countsClaims = consumer.policy().limitOf(consumer.lane()).isPresent()
                || consumer.policy().limits().globalConcurrency().isPresent();
        this.strategy = slots.strategy(wait, countsClaims ? () -> 0 : this::roomAhead);
    }

    /** The loop holds no job when it claims. */
    private int roomAhead() {
        return backpressure.room(queue()) - runner.jobs().size();
    }

    QueueConsumer consumer() {
        return consumer;
    }

    JobRunner runner() {
        return runner;
    }

    void start() {
        context.runOnContext(turn -> next());
    }

    /** A loop outlives whatever one of its turns runs into. */
    private void next() {
        try {
            waitsForSlot = false;
            waitsForRenewal = false;
            turn();
        } catch (RuntimeException | Error e) {
            LOG.errorf(e, "queue %s: a claim loop stumbled and goes on", queue());
            context.setTimer(MAX_PAUSE_MS, timer -> next());
        }
    }

    private void turn() {
        startHeld();
        if (stopping || claiming) {
            return;
        }
        if (quiet) {
            heartbeat.well();
            strategy.rest();
            if (!held.isEmpty() && leaving.isEmpty()) {
                letGo();
            }
            return;
        }
        if (!held.isEmpty() && !validity.mayBegin()) {
            heartbeat.well();
            waitsForRenewal = true;
            return;
        }
        if (held.isEmpty() && !backpressure.isOpen(queue())) {
            heartbeat.well();
            strategy.rest();
            context.setTimer(BACKPRESSURE_PAUSE_MS, timer -> next());
            return;
        }
        if (mayHaveMissed && held.isEmpty()) {
            recover();
            return;
        }
        Optional<ClaimStrategy.Claim> claim = held.isEmpty() ? strategy.next() : Optional.empty();
        if (claim.isEmpty()) {
            heartbeat.well();
            waitsForSlot = true;
            strategy.whenReady(() -> context.runOnContext(turn -> next()));
            planLetGo();
            return;
        }
        claim(claim.get());
    }

    private void claim(ClaimStrategy.Claim claim) {
        claiming = true;
        long sentNanos = System.nanoTime();
        Uni.createFrom()
                .deferred(() -> consumer.claim(claim.jobs(), claim.patience()))
                .subscribe()
                .with(
                        jobs -> context.execute(() -> claimed(claim, sentNanos, jobs)),
                        failure -> context.execute(() -> failed(claim, failure)));
    }

    private void claimed(ClaimStrategy.Claim claim, long sentNanos, List<ClaimedJob> jobs) {
        failures = 0;
        heartbeat.well();
        taken(sentNanos, jobs);
        try {
            strategy.ended(claim, jobs.size());
        } finally {
            next();
        }
    }

    /** What a failed claim brought all the same runs now, not when its lease has ended. */
    private void recover() {
        claiming = true;
        long sentNanos = System.nanoTime();
        Uni.createFrom()
                .deferred(() -> consumer.recover(leased()))
                .subscribe()
                .with(
                        jobs -> context.execute(() -> recovered(sentNanos, jobs)),
                        failure -> context.execute(() -> pause(failure)));
    }

    /** No sign that all is well, and no reason to try sooner: claims may go on failing. */
    private void recovered(long sentNanos, List<ClaimedJob> jobs) {
        mayHaveMissed = false;
        taken(sentNanos, jobs);
        next();
    }

    private void taken(long sentNanos, List<ClaimedJob> jobs) {
        claiming = false;
        if (!jobs.isEmpty()) {
            validity.claimed(sentNanos);
        }
        held.addAll(jobs);
    }

    private void failed(ClaimStrategy.Claim claim, Throwable failure) {
        mayHaveMissed = true;
        strategy.ended(claim, 0);
        pause(failure);
    }

    private void pause(Throwable failure) {
        claiming = false;
        heartbeat.failed(failure);
        if (failures == 0) {
            LOG.warnf("queue %s: claim failed, will keep trying: %s", queue(), failure.getMessage());
        }
        failures++;
        context.setTimer(BACKOFF.pause(failures).toMillis(), timer -> next());
    }

    private void startHeld() {
        while (!stopping && !quiet && !held.isEmpty() && slots.free() > 0 && validity.mayBegin()) {
            started++;
            ClaimedJob job = held.remove();
            if (cancelled.remove(job)) {
                runner.dropUnstarted(job);
            } else {
                runner.start(job);
            }
        }
        strategy.holds(held.size());
    }

    private void planLetGo() {
        if (letGoPlanned || held.isEmpty() || !strategy.letsGo()) {
            return;
        }
        letGoPlanned = true;
        long startedBefore = started;
        context.setTimer(MAX_HOLD.toMillis(), timer -> {
            letGoPlanned = false;
            if (stopping) {
                return;
            }
            if (held.isEmpty() || started > startedBefore || !leaving.isEmpty()) {
                planLetGo();
            } else {
                letGo();
            }
        });
    }

    /** Hands back what is held, and asks for slots first from now on. */
    private void letGo() {
        leaving = List.copyOf(held);
        held.clear();
        strategy.letGo();
        List<ClaimedJob> handedBack = leaving;
        HAND_BACK
                .retry(Uni.createFrom().deferred(() -> consumer.handBack(handedBack)), GIVE_UP_AFTER)
                .subscribe()
                .with(
                        lost -> context.execute(this::handedBack),
                        failure -> context.execute(() -> {
                            LOG.errorf(
                                    failure,
                                    "queue %s: gave up handing back %d jobs; they run when their leases have ended",
                                    queue(),
                                    leaving.size());
                            handedBack();
                        }));
        next();
    }

    private void handedBack() {
        leaving = List.of();
        if (quiet) {
            next();
        }
    }

    private String queue() {
        return consumer.policy().queue();
    }

    Heartbeat heartbeat() {
        return heartbeat;
    }

    /**
     * To be called now and then on the event loop. A loop that waits for a slot, and rightly so, is well, and so is one that
     * waits for a renewal: whether these go on is told by the keeper's own heartbeat.
     */
    void look() {
        if (stopping || quiet || waitsForRenewal || (waitsForSlot && slots.free() <= 0)) {
            heartbeat.well();
        }
    }

    /** Jobs that have a slot or wait for one. */
    List<ClaimedJob> atWork() {
        List<ClaimedJob> jobs = new ArrayList<>(held);
        jobs.addAll(runner.jobs().atWork());
        return jobs;
    }

    /** Stops jobs that somebody cancelled; those that do not belong to this loop are passed over. */
    void cancelRequested(List<CancelRequest> requests) {
        cancelled.clear();
        requests.forEach(request -> cancelled.add(request.job()));
        cancelled.retainAll(held);
        runner.stopper().cancel(requests);
    }

    /** All jobs this loop answers for. */
    List<ClaimedJob> leased() {
        List<ClaimedJob> jobs = new ArrayList<>(held);
        jobs.addAll(leaving);
        jobs.addAll(runner.jobs().leased());
        return jobs;
    }

    /** How long what is held is surely not another's; negative when that time is over. */
    Duration leaseLeft() {
        return Duration.ofNanos(validity.sureUntilNanos() - System.nanoTime());
    }

    /** It is known which jobs are still held. */
    void leasesRenewed() {
        if (waitsForRenewal) {
            next();
        }
    }

    void dropLost(Set<ClaimedJob> lost) {
        if (held.removeIf(lost::contains)) {
            strategy.holds(held.size());
        }
        runner.stopper().dropLost(lost);
    }

    /** Claims nothing more for now. What a claim that is waiting in Redis still brings goes back; what runs goes on. */
    void quiet() {
        quiet = true;
        next();
    }

    /** Claims again. */
    void resume() {
        if (quiet) {
            quiet = false;
            next();
        }
    }

    /** Claims no more. A claim that is waiting in Redis ends soon and may still bring jobs; they are handed back with the held ones. */
    void stop() {
        stopping = true;
        strategy.close();
        if (claiming) {
            consumer.stopWaiting();
        }
    }

    /** True when no claim is under way, nothing is on its way back, and every started job's end is stored. */
    boolean isQuiet() {
        return !claiming && leaving.isEmpty() && runner.jobs().isEmpty();
    }

    /** Returns what was claimed and not started, and with {@code all} also what still runs. */
    Uni<Void> handBack(boolean all) {
        List<ClaimedJob> jobs = new ArrayList<>(held);
        held.clear();
        strategy.holds(0);
        if (all) {
            jobs.addAll(runner.stopper().breakOff());
        }
        if (jobs.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return consumer.handBack(jobs)
                .invoke(lost -> LOG.infof("queue %s: handed back %d jobs", queue(), jobs.size() - lost.size()))
                .replaceWithVoid();
    }
}
