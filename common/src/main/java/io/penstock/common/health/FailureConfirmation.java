package io.penstock.common.health;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds the verdict of a liveness probe back until it has been seen for a while, at two looks at least: a process that
 * stood still for a minute and has just been let go on looks stuck at first, and needs no restart.
 */
public final class FailureConfirmation {

    /**
     * Longer than the period of any probe. After such a silence nothing is known: the process stood still, or nobody
     * looked, and what was seen before does not count.
     */
    private static final long SILENCE_NANOS = Duration.ofSeconds(30).toNanos();

    private final long confirmNanos;
    private final long silenceNanos;
    private long lastLookNanos;
    private final Map<String, Long> since = new HashMap<>();

    /** @param confirm for how long the same must be seen at every look */
    public FailureConfirmation(Duration confirm) {
        this.confirmNanos = confirm.toNanos();
        this.silenceNanos = Math.max(SILENCE_NANOS, 3 * confirmNanos);
    }

    /**
     * Notes one look.
     *
     * @param seen what looks wrong now, each by a name that stays the same
     * @param nowNanos {@link System#nanoTime()}
     * @return what has looked wrong for long enough; empty: all is well, or not known to be ill
     */
    public synchronized List<String> confirmed(Collection<String> seen, long nowNanos) {
        if (nowNanos - lastLookNanos > silenceNanos) {
            since.clear();
        }
        lastLookNanos = nowNanos;
        since.keySet().retainAll(seen);
        seen.forEach(name -> since.putIfAbsent(name, nowNanos));
        return seen.stream()
                .filter(name -> nowNanos - since.getOrDefault(name, nowNanos) >= confirmNanos)
                .toList();
    }
}
