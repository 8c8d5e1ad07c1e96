package io.penstock.worker.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * How many jobs of one queue this worker may still start. A finished job gives its slot back before its end is stored,
 * so that Redis and handlers work at the same time; {@link #MAX_UNACKED} bounds how far that may run ahead. Confined
 * to the queue's event loop.
 */
class Slots {

    /** Some round trips' worth of the largest batches: more would only be more to run twice after a crash. */
    static final int MAX_UNACKED = 2_000;

    private int capacity;
    private final Prefetch ahead;
    private int running;
    private int unacked;
    private List<Runnable> waiting = new ArrayList<>();

    /** @param reach how far to claim ahead, see {@link Prefetch}; zero: not at all */
    Slots(int capacity, Duration reach) {
        this.capacity = capacity;
        this.ahead = new Prefetch(reach, capacity);
    }

    /** Jobs that may start now. */
    int free() {
        return room();
    }

    /** Jobs that the queue's own limit leaves room for. */
    final int room() {
        return Math.min(capacity - running, MAX_UNACKED - unacked);
    }

    final int running() {
        return running;
    }

    /** How many jobs the queue may run here from now on. What runs beyond it goes on. */
    final void resize(int newCapacity) {
        capacity = newCapacity;
        ahead.resize(newCapacity);
        roomGrew();
    }

    /** A job starts; a slot is free. */
    final void take() {
        running++;
    }

    /** @param ran how long its job had the slot */
    final void giveBack(Duration ran) {
        running--;
        ahead.ran(ran);
        gaveBack();
    }

    final void unacked(int change) {
        int roomBefore = room();
        unacked += change;
        if (room() > roomBefore) {
            roomGrew();
        }
    }

    /** A slot was given back. */
    void gaveBack() {
        wake();
    }

    /** There may be room for more jobs: so many ends are stored, or the queue may run more. */
    void roomGrew() {
        wake();
    }

    /**
     * How one more claim loop of the queue takes in its jobs.
     *
     * @param wait how long a claim waits for the first job
     * @param room how many jobs a claim may bring if these are more than the free slots; 0 where a claimed job counts
     *     somewhere, so that none may be claimed that does not start
     */
    ClaimStrategy strategy(Duration wait, IntSupplier room) {
        return new ClaimStrategy() {

            private boolean claimedAhead;

            @Override
            public Optional<Claim> next() {
                int free = free();
                if (free <= 0) {
                    return Optional.empty();
                }
                int jobs = Math.max(free, Math.min(ahead.claim(free), room.getAsInt()));
                claimedAhead = jobs > free;
                return Optional.of(new Claim(jobs, wait));
            }

            @Override
            public boolean letsGo() {
                return claimedAhead;
            }

            @Override
            public void letGo() {
                ahead.disappointed();
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
