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
}
