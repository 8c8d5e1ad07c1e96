package io.penstock.worker.run;

import java.time.Duration;
import java.util.Optional;

/** How much one claim loop takes in at a time, and when. Confined to the queue's event loop. */
interface ClaimStrategy {

    /**
     * One claim.
     *
     * @param jobs how many at most
     * @param patience how long to wait for the first; zero: only what is there
     */
    record Claim(int jobs, Duration patience) {}

    /** The claim to make now; empty: none, and {@link #whenReady} tells when to ask again. The loop holds no job. */
    Optional<Claim> next();

    /** A claim has ended, well or not, and brought so many jobs, which the loop holds now. */
    default void ended(Claim claim, int brought) {}

    /** The loop holds so many jobs that wait for a slot: some have started or gone. */
    default void holds(int jobs) {}

    /** Calls back once, when a job can start or a claim can be made. */
    void whenReady(Runnable callback);

    /** True when jobs that find no slot for long are to be handed back. */
    default boolean letsGo() {
        return false;
    }

    /** The jobs that were held go back to the queue, so there is work in it. */
    default void letGo() {}

    /** The loop makes no claim for now although it could: what it was to have goes to others. */
    default void rest() {}

    /** No more claims are made. */
    default void close() {}
}
