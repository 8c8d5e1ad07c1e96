package io.penstock.local;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** Tells a process that keeps dying from one that is killed now and then: so many restarts within a time, not in all. */
final class RestartLimit {

    /** A process that dies while it starts does so every few seconds, on a slow machine every half minute. */
    static final RestartLimit.Rate USUAL = new Rate(5, Duration.ofMinutes(3));

    record Rate(int restarts, Duration within) {}

    private final Rate rate;
    private final Deque<Instant> recent = new ArrayDeque<>();

    RestartLimit(Rate rate) {
        this.rate = rate;
    }

    /** Notes a death; false when it is one too many. */
    synchronized boolean allowsAfterDeathAt(Instant now) {
        Instant past = now.minus(rate.within());
        while (!recent.isEmpty() && recent.getFirst().isBefore(past)) {
            recent.removeFirst();
        }
        if (recent.size() >= rate.restarts()) {
            return false;
        }
        recent.addLast(now);
        return true;
    }
}
