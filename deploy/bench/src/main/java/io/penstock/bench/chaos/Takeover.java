package io.penstock.bench.chaos;

import java.util.Set;

/**
 * A replica has become the master.
 *
 * @param lastSeenMs when it was last seen as a replica, epoch ms
 * @param hadAllMs what the master before it had acknowledged by then the successor surely had, epoch ms
 * @param settledMs since when clients are led to it and it accepts writes, epoch ms
 * @param partitions of the queue that it serves since then
 */
record Takeover(long lastSeenMs, long hadAllMs, long settledMs, Set<Integer> partitions) {

    /** For so long an answer of the old master may still be on its way. */
    private static final long AFTERGLOW_MS = 250;

    /** In place of the partitions, where there are none: to a blow that would mean all. */
    private static final Set<Integer> NONE = Set.of(-1);

    Takeover settled(long ms, Set<Integer> served) {
        return new Takeover(lastSeenMs, hadAllMs, ms, served);
    }

    /** @param fromMs since when the old master was away, or was told to step back */
    FaultInterval interval(String kind, long fromMs) {
        return new FaultInterval(
                kind,
                "",
                fromMs,
                settledMs,
                FaultInterval.Effect.CRASH_OF_STORE,
                partitions.isEmpty() ? NONE : partitions,
                new FaultInterval.Span(hadAllMs, settledMs + AFTERGLOW_MS));
    }
}
