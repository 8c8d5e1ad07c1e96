package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.OptionalLong;

/** Hands the overrides of limits to all processes; what it holds may be lost, and then comes again from {@link LimitStore}. */
public interface LimitBoard {

    /** The version of what is there; empty: nothing is, it was never put or has been lost. */
    Uni<OptionalLong> version();

    /** What is there; empty: nothing is. */
    Uni<Optional<LimitOverrides>> read();

    /** Puts these there unless what is there is as new. */
    Uni<Void> put(LimitOverrides overrides);
}
