package io.penstock.common.flow;

import java.util.function.Supplier;

/** A bean that is told what the guards of this process do. On any thread; must not block, and must not fail. */
public interface GuardListener {

    void changed(GuardChange change);

    /**
     * A guard was built; once for each.
     *
     * @param figures what it has seen so far; cheap, from any thread
     */
    default void built(Guard guard, Supplier<GuardReport> figures) {}
}
