package io.penstock.bench.chaos;

import java.time.Duration;

/** One kind of harm that can be done to a run. Faults of different kinds may be under way at once, of one kind never. */
public interface Fault {

    /** What the table calls it. */
    String kind();

    /** At least so long between the end of one and the next, so that work is possible at all. */
    Duration pause();

    /** False while there is nothing to strike. */
    default boolean isPossible() {
        return true;
    }

    /** True for what happens once in a run, at a time of its own, rather than being drawn. */
    default boolean isOnce() {
        return false;
    }

    /**
     * Strikes, and returns when the fault is over. Called on a thread of its own.
     *
     * @param log told of each blow, with the times between which it was in force
     */
    void strike(FaultLog log) throws Exception;
}
