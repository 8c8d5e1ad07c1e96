package io.penstock.common.health;

import io.smallrye.mutiny.Uni;
import java.util.List;

/**
 * Something that the scheduled health check asks about beside PostgreSQL, Redis and the queues: a bean, of the platform or
 * of a workload. What it finds makes the whole degraded, never down, and raises a warning.
 */
public interface HealthProbe {

    /** How results and alerts name it, such as {@code object-store}; always the same. */
    String name();

    /** False where the deployment does not have what would be asked. */
    boolean isOn();

    /**
     * Asks once. Bounded by the caller's deadline. A failure says that it cannot be used, in words that hold no secret.
     *
     * @return what is not as it should be, each in words; empty: all is well
     */
    Uni<List<String>> check();
}
