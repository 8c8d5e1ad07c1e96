package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.util.List;

/** How the servers are that hold the queues. */
public interface StoreHealth {

    /**
     * How full a server is.
     *
     * @param maxBytes 0: it has no bound
     */
    record Memory(String server, long usedBytes, long maxBytes) {}

    /** What is unsafe, in words for an operator; empty when all is well. Fails while the servers cannot be asked. */
    Uni<List<String>> findings();

    /** The memory of every server. */
    Uni<List<Memory>> memory();
}
