package io.penstock.bench;

import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobListener;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Counts stored ends. Anything but a completed job means that the measurement is void. */
final class Completions implements JobListener {

    /** Without one more completed job for so long, the run is given up. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private long completed;
    private long awaited = Long.MAX_VALUE;
    private @Nullable String failure;
    private volatile Runnable onEach = () -> {};

    /** Called on the claim loop after each completed job. */
    void onEach(Runnable action) {
        onEach = action;
    }

    @Override
    public void on(JobEvent event) {
        boolean done = event instanceof JobEvent.Completed;
        synchronized (this) {
            if (done) {
                completed++;
            } else {
                failure = "a job did not complete: " + event.getClass().getSimpleName();
            }
            if (completed >= awaited || failure != null) {
                notifyAll();
            }
        }
        if (done) {
            onEach.run();
        }
    }

    /** How many jobs have completed in all. */
    synchronized long count() {
        return completed;
    }

    /** Waits until so many jobs have completed in all. */
    synchronized void await(long total) {
        awaited = total;
        long seen = -1;
        long seenAt = System.nanoTime();
        while (completed < total) {
            if (failure != null) {
                throw new BenchException(failure);
            }
            if (completed > seen) {
                seen = completed;
                seenAt = System.nanoTime();
            } else if (System.nanoTime() - seenAt > PATIENCE.toNanos()) {
                throw new BenchException("no job has completed for " + PATIENCE.toSeconds() + " s; " + completed
                        + " of " + total + " have");
            }
            try {
                TimeUnit.MILLISECONDS.timedWait(this, 500);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BenchException("interrupted");
            }
        }
    }
}
