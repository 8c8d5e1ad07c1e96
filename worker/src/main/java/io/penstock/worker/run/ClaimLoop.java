package io.penstock.worker.run;

import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.QueueConsumer;
import io.smallrye.mutiny.Uni;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Fills the free slots of a queue from one of its lines: wait for a slot, claim as many jobs as there are slots, start
 * them, again. Waiting happens in Redis, so that an idle loop costs next to nothing. Confined to the queue's event
 * loop.
 */
final class ClaimLoop {

    private static final Logger LOG = Logger.getLogger(ClaimLoop.class);

    /** First pause after a failed claim; doubles up to {@link #MAX_PAUSE_MS}. */
    private static final long MIN_PAUSE_MS = 50;

    private static final long MAX_PAUSE_MS = 1_000;

    /** How soon a closed gate is asked again. */
    private static final long GATE_PAUSE_MS = 50;

    private final QueueConsumer consumer;
    private final Slots slots;
    private final JobRunner runner;
    private final ContextInternal context;
    private final Duration wait;
    private final ClaimGate gate;
    /** Claimed beyond the free slots; kept under their leases until a slot is free. */
    private final ArrayDeque<ClaimedJob> held = new ArrayDeque<>();

    private boolean stopping;
    private boolean claiming;
    private long pauseMs = MIN_PAUSE_MS;
    private volatile long lastTurnNanos = System.nanoTime();

    ClaimLoop(QueueConsumer consumer, Slots slots, JobRunner runner, ContextInternal context, Duration wait, ClaimGate gate) {
        this.consumer = consumer;
        this.slots = slots;
        this.runner = runner;
        this.context = context;
        this.wait = wait;
        this.gate = gate;
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

    private void next() {
        startHeld();
        if (stopping || claiming) {
            return;
        }
        int free = slots.free();
        if (free <= 0 || !held.isEmpty()) {
            lastTurnNanos = System.nanoTime();
            slots.whenFree(() -> context.runOnContext(turn -> next()));
            return;
        }
        if (!gate.isOpen(queue())) {
            lastTurnNanos = System.nanoTime();
            context.setTimer(GATE_PAUSE_MS, timer -> next());
            return;
        }
        claiming = true;
        consumer.claim(free, wait)
                .subscribe()
                .with(jobs -> context.execute(() -> claimed(jobs)), failure -> context.execute(() -> failed(failure)));
    }

    private void claimed(List<ClaimedJob> jobs) {
        claiming = false;
        pauseMs = MIN_PAUSE_MS;
        lastTurnNanos = System.nanoTime();
        held.addAll(jobs);
        next();
    }

    private void failed(Throwable failure) {
        claiming = false;
        if (pauseMs == MIN_PAUSE_MS) {
            LOG.warnf("queue %s: claim failed, will keep trying: %s", queue(), failure.getMessage());
        }
        long jittered =
                pauseMs / 2 + java.util.concurrent.ThreadLocalRandom.current().nextLong(pauseMs / 2 + 1);
        pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
        context.setTimer(jittered, timer -> next());
    }

    private void startHeld() {
        while (!stopping && !held.isEmpty() && slots.free() > 0) {
            runner.start(held.remove());
        }
    }

    private String queue() {
        return consumer.policy().queue();
    }

    /** How long ago the loop last came round, whether or not there was work. */
    Duration sinceLastTurn() {
        return Duration.ofNanos(System.nanoTime() - lastTurnNanos);
    }

    /** All jobs this loop answers for. */
    List<ClaimedJob> leased() {
        List<ClaimedJob> jobs = new ArrayList<>(held);
        jobs.addAll(runner.leased());
        return jobs;
    }

    void dropLost(Set<ClaimedJob> lost) {
        held.removeIf(lost::contains);
        runner.dropLost(lost);
    }

    /** Claims no more. A claim that is waiting in Redis may still bring jobs; they are handed back with the held ones. */
    void stop() {
        stopping = true;
    }

    /** True when no claim is under way and every started job's end is stored. */
    boolean isQuiet() {
        return !claiming && runner.isQuiet();
    }

    boolean isClaiming() {
        return claiming;
    }

    /** Returns what was claimed and not started, and with {@code all} also what still runs. */
    Uni<Void> handBack(boolean all) {
        List<ClaimedJob> jobs = new ArrayList<>(held);
        held.clear();
        if (all) {
            jobs.addAll(runner.breakOff());
        }
        if (jobs.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return consumer.handBack(jobs)
                .invoke(lost -> LOG.infof("queue %s: handed back %d jobs", queue(), jobs.size() - lost.size()))
                .replaceWithVoid();
    }
}
