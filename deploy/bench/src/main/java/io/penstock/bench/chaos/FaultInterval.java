package io.penstock.bench.chaos;

import java.util.Set;

/**
 * A fault that happened.
 *
 * @param target name of the worker process it struck; empty: everybody
 * @param fromMs epoch ms
 * @param toMs epoch ms; the same for what takes no time
 * @param effect what it can do to jobs
 * @param partitions of the queue that it struck; empty: all
 * @param forgetful when what was acknowledged may be lost by a crash of the store; of no meaning for others
 */
record FaultInterval(
        String kind, String target, long fromMs, long toMs, Effect effect, Set<Integer> partitions, Span forgetful) {

    /** Kind of the one after which no job may run again: workers renew their leases before others are let at their jobs. */
    static final String REDIS_STANDS_STILL = "Redis stands still";

    /** From the first instant to the last, epoch ms. */
    record Span(long fromMs, long toMs) {

        boolean holds(long ms) {
            return fromMs <= ms && ms <= toMs;
        }
    }

    /** One that strikes all partitions, and of which it is not known since when it forgets. */
    FaultInterval(String kind, String target, long fromMs, long toMs, Effect effect) {
        this(kind, target, fromMs, toMs, effect, Set.of(), new Span(0, toMs));
    }

    /** What a blow can do to jobs. */
    enum Effect {
        /** Jobs under way may be run again; work goes on meanwhile. */
        HARM,
        /** The same, and nothing can be completed until it is over. */
        OUTAGE,
        /** An outage that a store of jobs ended by a crash: it may come back without its latest writes. */
        CRASH_OF_STORE
    }

    boolean stopsWork() {
        return effect != Effect.HARM;
    }

    boolean strikes(int partition) {
        return partitions.isEmpty() || partitions.contains(partition);
    }
}
