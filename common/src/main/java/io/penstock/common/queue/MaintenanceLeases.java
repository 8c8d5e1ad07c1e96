package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;

/**
 * Who maintains which queue partitions: one worker each, for a short time that it renews. The lease saves work; what is done
 * under it stays right where two believe that they have it, or one does it without.
 *
 * <p>Whoever holds none need not ask again and again: holders give signs of life, and it asks when these stop.
 */
public interface MaintenanceLeases {

    /**
     * Takes or renews the leases of those partitions that nobody else holds.
     *
     * @param owner unique among all that ask
     * @param partitions by their {@linkplain #name names}
     * @return who holds each of them, by name
     */
    Uni<Map<String, Holder>> hold(String owner, Collection<String> partitions, Duration lease);

    /** Gives leases up; others are told. */
    Uni<Void> leave(String owner, Collection<String> partitions);

    /**
     * Listens until it is closed.
     *
     * @param due whether to hear of jobs that are due soon, too
     */
    Subscription listen(boolean due, Listener listener);

    /** Ends with {@link #close}. */
    interface Subscription extends AutoCloseable {

        @Override
        void close();
    }

    /** What a partition is called here. */
    static String name(QueuePolicy policy, int partition) {
        return policy.queue() + ":" + partition;
    }

    /**
     * The holder of a lease.
     *
     * @param left how long it still holds; zero: it is the one who asked
     */
    record Holder(String owner, Duration left) {}

    /** What is heard; on any thread. What was said while the connection was down is lost. */
    interface Listener {

        /** A holder has renewed its leases. */
        void beat(String owner);

        /** A holder has given its leases up. */
        void gone(String owner);

        /** A job was scheduled that is due before all others of its partition, and soon. */
        void dueWithin(String partition, Duration time);
    }
}
