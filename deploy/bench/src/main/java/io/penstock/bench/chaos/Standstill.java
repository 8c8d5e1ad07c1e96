package io.penstock.bench.chaos;

import io.penstock.common.loop.EventLoopContext;
import java.util.concurrent.TimeUnit;

/**
 * Notices that a worker did not come round, by a timer on its own event loop. On busy cores a process may be left without
 * time for so long that its leases end; the jobs it had run again, and no fault of the run is to blame. A worker that was
 * stopped notes that, too.
 */
final class Standstill {

    /** A third of the shortest lease: renewals come as often as that. */
    private static final long WORTH_A_NOTE_MS = 333;

    private static final long TICK_MS = 50;

    private final Journal journal;
    private long lastNanos = System.nanoTime();

    private Standstill(Journal journal) {
        this.journal = journal;
    }

    static void watch(EventLoopContext eventLoop, Journal journal) {
        Standstill watch = new Standstill(journal);
        eventLoop.runOnContext(turn -> eventLoop.setPeriodic(TICK_MS, timer -> watch.tick()));
    }

    private void tick() {
        long now = System.nanoTime();
        long stoodMs = TimeUnit.NANOSECONDS.toMillis(now - lastNanos);
        if (stoodMs > WORTH_A_NOTE_MS) {
            journal.stoodStill(System.currentTimeMillis() - stoodMs);
        }
        lastNanos = now;
    }
}
