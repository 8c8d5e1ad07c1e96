package io.penstock.common.flow;

import io.smallrye.mutiny.Uni;
import java.util.function.Supplier;

/**
 * Stands before one upstream and lets a call through only when it can help: a permit of the global rate limit is there,
 * the breaker is not open, the upstream has not asked for a pause. What it lets through it times out.
 */
public interface Guard {

    /** Whether calls get through. */
    enum Breaker {
        CLOSED,
        /** Too many calls failed; none gets through for a while. */
        OPEN,
        /** One call at a time gets through, to try whether the upstream is back. */
        HALF_OPEN
    }

    String upstream();

    /**
     * Makes the call, or does not.
     *
     * <p>Fails with {@link io.penstock.common.job.SnoozeException} when the call cannot be made now (no permit, breaker
     * open) or the upstream said "later"; with {@link UpstreamFaultException} when it timed out; else with whatever the
     * call failed with. Only an {@link UpstreamFaultException} counts against the breaker: it is the call's duty to
     * fail with one when the upstream is at fault, and with none when the request is.
     *
     * @param call made at most once per subscription
     */
    <T> Uni<T> call(Supplier<Uni<T>> call);

    Breaker breaker();
}
