package io.penstock.worker.run;

import java.time.Duration;

/**
 * How many jobs a queue claims beyond its free slots, so that quick jobs do not wait for a round trip each time.
 * No more than the slots are expected to have started within the {@link #reach}: what is claimed ahead waits for this
 * worker while others may be idle. What is expected follows from the latest run times, so that a queue of slow jobs
 * never claims ahead. Confined to the queue's event loop.
 */
final class Prefetch {

    /** Beyond it a claim costs no less per job, but holds Redis up and may bring more than a small heap bears. */
    private static final int FULL_CLAIM = 200;
    /** The weight of one run in the average, as a shift: 1/8 forgets the past within some twenty jobs. */
    private static final int MEMORY = 3;
    /** No run is shorter than this for the average: what surrounds a handler takes about as long. */
    private static final long LEAST_NANOS = 10_000;

    private final long reach;
    private int capacity;
    /** Of how long a job keeps its slot; 0: not known. */
    private long averageNanos;

    /** @param reach zero: never claims ahead */
    Prefetch(Duration reach, int capacity) {
        this.reach = reach.toNanos();
        this.capacity = capacity;
    }

    void resize(int newCapacity) {
        capacity = newCapacity;
    }

    /** A job has given its slot back. */
    void ran(Duration duration) {
        long nanos = Math.max(LEAST_NANOS, duration.toNanos());
        averageNanos = averageNanos == 0 ? nanos : averageNanos + ((nanos - averageNanos) >> MEMORY);
    }

    /** How many jobs to claim where so many slots are free. */
    int claim(int free) {
        if (averageNanos == 0 || free >= FULL_CLAIM) {
            return free;
        }
        long expected = capacity * reach / averageNanos;
        return (int) Math.min(FULL_CLAIM, free + expected);
    }

    /** What was expected was wrong: nothing is claimed ahead until more is known. */
    void disappointed() {
        averageNanos = 0;
    }
}
