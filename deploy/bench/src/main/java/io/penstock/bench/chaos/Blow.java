package io.penstock.bench.chaos;

/**
 * A fault that happened.
 *
 * @param target name of the worker process it struck; empty: everybody
 * @param fromMs epoch ms
 * @param toMs epoch ms; the same for what takes no time
 * @param effect what it can do to jobs
 */
record Blow(String kind, String target, long fromMs, long toMs, Effect effect) {

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
}
