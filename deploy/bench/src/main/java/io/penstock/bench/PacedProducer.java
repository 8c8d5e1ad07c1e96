package io.penstock.bench;

import io.penstock.common.job.JobOptions;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.JobEnqueuer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Enqueues jobs at a given rate, whatever becomes of them. Each millisecond its share of jobs is due, and each job
 * carries the time at which it was: where this producer, Redis or the worker fall behind, the jobs due meanwhile have
 * waited, and none is left out because another one was slow (no coordinated omission).
 */
final class PacedProducer {

    private static final long TICK_NANOS = 1_000_000;
    private static final double TICKS_PER_SECOND = 1_000;
    /** Jobs that Redis has not accepted yet. With more, the producer waits; what is due keeps its time. */
    private static final int MOST_UNDER_WAY = 10_000;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final JobEnqueuer enqueuer;
    private final EventLoopContext context;
    private final Semaphore room = new Semaphore(MOST_UNDER_WAY);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    PacedProducer(Engine engine) {
        enqueuer = engine.enqueuer();
        context = engine.newContext();
    }

    /** Returns when Redis has accepted all of them. */
    void produce(long jobs, double perSecond) {
        long start = System.nanoTime();
        long sent = 0;
        for (long tick = 1; sent < jobs; tick++) {
            long due = start + tick * TICK_NANOS;
            awaitTime(due);
            long dueByNow = Math.min(jobs, (long) (perSecond * tick / TICKS_PER_SECOND));
            while (sent < dueByNow) {
                int size = (int) Math.min(BulkProducer.CALL, dueByNow - sent);
                awaitRoom(size);
                enqueue(size, due);
                sent += size;
            }
        }
        awaitRoom(MOST_UNDER_WAY);
        room.release(MOST_UNDER_WAY);
    }

    /** Sleeps: the pace is what is measured, and a busy wait would take the CPU from Redis and the worker. */
    private static void awaitTime(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void awaitRoom(int jobs) {
        try {
            if (!room.tryAcquire(jobs, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new BenchException("Redis has accepted no jobs for " + PATIENCE.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
        Throwable failed = failure.get();
        if (failed != null) {
            throw new BenchException("enqueue failed: " + failed);
        }
    }

    private void enqueue(int size, long due) {
        List<JobEnqueuer.Item<DuePayload>> items =
                Collections.nCopies(size, new JobEnqueuer.Item<>(DuePayload.at(due), JobOptions.DEFAULT));
        context.runOnContext(turn -> enqueuer.enqueueAll(Engine.DUE_TYPE, items)
                .onTermination()
                .invoke(() -> room.release(size))
                .subscribe()
                .with(accepted -> {}, failure::set));
    }
}
