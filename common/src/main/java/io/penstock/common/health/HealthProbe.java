package io.penstock.common.health;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Something that the scheduled health check asks about beside PostgreSQL, Redis and the queues: a bean, of the platform or
 * of a workload. What it finds makes the whole
 * degraded and raises a warning, unless it says that it is critical.
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

    /** How long one question may take; empty: as configured for all. */
    default Optional<Duration> answerWithin() {
        return Optional.empty();
    }

    /** How often it is asked before it has failed; 1 to 5. */
    default int tries() {
        return 3;
    }

    /** Whether its failure makes the whole down and its alert critical, rather than degraded and a warning. */
    default boolean isCritical() {
        return false;
    }
}
