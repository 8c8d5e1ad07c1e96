package io.penstock.worker.run;

import io.penstock.common.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The signs of life of one loop. Its owner notes how each turn ended, and, while there is nothing to do, now and then that
 * it is at rest; the liveness probe asks, on any thread, for how long there was no such note.
 */
public final class Heartbeat {

    private final String what;
    private volatile long endedNanos = System.nanoTime();
    private volatile long wellNanos = endedNanos;

    /** @param what the duty of the loop, as in "cannot ..." */
    public Heartbeat(String what) {
        this.what = what;
    }

    /** A turn ended well, or none is due. */
    public void well() {
        long now = System.nanoTime();
        wellNanos = now;
        endedNanos = now;
    }

    /** A turn failed. That the store said no is its own affair: it had been reached, and would say so to any process. */
    public void failed(Throwable failure) {
        if (QueueUnavailableException.isRefusal(failure)) {
            well();
        } else {
            endedNanos = System.nanoTime();
        }
    }

    /** A long turn goes on; whether it will end well is not known. */
    public void comesRound() {
        endedNanos = System.nanoTime();
    }

    /** How long no turn has ended at all, well or not. */
    Duration still() {
        return Duration.ofNanos(System.nanoTime() - endedNanos);
    }

    /** How long no turn has ended well. */
    Duration unwell() {
        return Duration.ofNanos(System.nanoTime() - wellNanos);
    }

    /** What is wrong, if anything: no turn has ended for so long, or none well. */
    public List<StuckLoop> stuckLoops(String where, Duration limit) {
        List<StuckLoop> stuckLoops = new ArrayList<>(1);
        if (still().compareTo(limit) > 0) {
            stuckLoops.add(new StuckLoop(where + ", " + what, "does not come round", still(), false));
        } else if (unwell().compareTo(limit) > 0) {
            stuckLoops.add(new StuckLoop(where + ", " + what, "fails each time", unwell(), true));
        }
        return stuckLoops;
    }
}
