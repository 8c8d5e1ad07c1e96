package io.penstock.worker.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How many jobs of one queue this worker may still start. A finished job gives its slot back before its end is stored,
 * so that Redis and handlers work at the same time; {@link #MAX_UNSTORED} bounds how far that may run ahead. Confined
 * to the queue's event loop.
 */
class Slots {

    /** Some round trips' worth of the largest batches: more would only be more to run twice after a crash. */
    static final int MAX_UNSTORED = 2_000;

    private final int capacity;
    private int running;
    private int unstored;
    private List<Runnable> waiting = new ArrayList<>();

    Slots(int capacity) {
        this.capacity = capacity;
    }

    /** Jobs that may start now. */
    int free() {
        return room();
    }

    /** Jobs that the queue's own limit leaves room for. */
    final int room() {
        return Math.min(capacity - running, MAX_UNSTORED - unstored);
    }

    final int running() {
        return running;
    }

    /** A job starts; a slot is free. */
    final void take() {
        running++;
    }

    final void giveBack() {
        running--;
        gaveBack();
    }

    final void unstored(int change) {
        int roomBefore = room();
        unstored += change;
        if (room() > roomBefore) {
            roomGrew();
        }
    }

    /** A slot was given back. */
    void gaveBack() {
        wake();
    }

    /** So many ends are stored that there is room for more jobs. */
    void roomGrew() {
        wake();
    }

    /**
     * How one more claim loop of the queue takes in its jobs.
     *
     * @param wait how long a claim waits for the first job
     */
    Intake intake(Duration wait) {
        return new Intake() {
            @Override
            public Optional<Claim> next() {
                int free = free();
                return free > 0 ? Optional.of(new Claim(free, wait)) : Optional.empty();
            }

            @Override
            public void whenReady(Runnable callback) {
                waiting.add(callback);
            }
        };
    }

    private void wake() {
        if (!waiting.isEmpty() && free() > 0) {
            List<Runnable> callbacks = waiting;
            waiting = new ArrayList<>();
            callbacks.forEach(Runnable::run);
        }
    }
}
