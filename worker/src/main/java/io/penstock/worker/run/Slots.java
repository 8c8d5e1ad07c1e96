package io.penstock.worker.run;

import java.util.ArrayList;
import java.util.List;

/**
 * How many jobs of one queue this worker may still start. A finished job gives its slot back before its end is stored,
 * so that Redis and handlers work at the same time; {@link #MAX_UNSTORED} bounds how far that may run ahead. Confined
 * to the queue's event loop.
 */
final class Slots {

    /** Some round trips' worth of the largest batches: more would only be more to run twice after a crash. */
    static final int MAX_UNSTORED = 2_000;

    private final int capacity;
    private int running;
    private int unstored;
    private List<Runnable> waiting = new ArrayList<>();

    Slots(int capacity) {
        this.capacity = capacity;
    }

    int free() {
        return Math.min(capacity - running, MAX_UNSTORED - unstored);
    }

    int running() {
        return running;
    }

    void take() {
        running++;
    }

    void giveBack() {
        running--;
        wake();
    }

    void unstored(int change) {
        unstored += change;
        if (change < 0) {
            wake();
        }
    }

    /** Calls back once, when a slot may be free. */
    void whenFree(Runnable callback) {
        waiting.add(callback);
    }

    private void wake() {
        if (!waiting.isEmpty() && free() > 0) {
            List<Runnable> callbacks = waiting;
            waiting = new ArrayList<>();
            callbacks.forEach(Runnable::run);
        }
    }
}
