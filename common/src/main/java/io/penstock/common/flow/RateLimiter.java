package io.penstock.common.flow;

import io.smallrye.mutiny.Uni;
import java.time.Duration;

/** Takes permits of a limit that holds across the whole cluster. One atomic step in the store. */
public interface RateLimiter {

    /**
     * Takes one permit if one is due.
     *
     * @param name what is limited, such as {@code upstream:offers}; letters, digits, {@code : . _ -}
     * @return zero when the permit was taken, else how long until one is due (nothing was taken)
     */
    Uni<Duration> tryAcquire(String name, RateLimit limit);

    /** As {@link #tryAcquire}, and tells how the limit stands afterwards. */
    default Uni<Taken> take(String name, RateLimit limit) {
        return tryAcquire(name, limit).map(wait -> new Taken(wait, 0, wait));
    }

    /**
     * What came of asking for a permit.
     *
     * @param dueIn zero: it was taken; else nothing was, and one is due after this
     * @param left permits that could be taken at once afterwards
     * @param wholeIn how long until all of the burst are there again
     */
    record Taken(Duration dueIn, long left, Duration wholeIn) {}

    /** For so long nobody is given a permit, in no process. A longer pause that is in force stays. */
    default Uni<Void> pause(String name, RateLimit limit, Duration pause) {
        return Uni.createFrom().voidItem();
    }

    /** Ends a pause. The next permit is due after the usual interval. */
    default Uni<Void> liftPause(String name, RateLimit limit) {
        return Uni.createFrom().voidItem();
    }

    /** How many permits could be taken right now; takes none. */
    default Uni<Permits> look(String name, RateLimit limit) {
        return Uni.createFrom().item(new Permits(0, Duration.ZERO));
    }

    /**
     * Permits of a limit.
     *
     * @param left that could be taken at once
     * @param nextIn how long until one is due; zero where one is left
     */
    record Permits(long left, Duration nextIn) {}
}
