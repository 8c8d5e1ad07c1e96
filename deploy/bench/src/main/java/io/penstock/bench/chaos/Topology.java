package io.penstock.bench.chaos;

import java.util.List;

/**
 * What a run stands on: the Redis side, its faults, and what can be asked about it. One server, Sentinel, or
 * Cluster.
 */
interface Topology extends AutoCloseable {

    /** Which there are. */
    enum Kind {
        ONE,
        SENTINEL,
        CLUSTER
    }

    /** What producers and workers connect to, from the start of the run to its end. */
    RedisAddress address();

    /** How many partitions the queue has. */
    default int partitions() {
        return 1;
    }

    /** What can happen to this ground. */
    List<Fault> faults();

    /** What happened to it by itself: takeovers that no fault asked for. */
    default List<FaultInterval> intervals() {
        return List.of();
    }

    /** Takeovers in these groups that no fault asked for. */
    static List<FaultInterval> takeovers(List<ReplicaGroup> groups) {
        return groups.stream()
                .flatMap(group -> group.unclaimed().stream())
                .map(takeover -> takeover.interval("takeover by itself", takeover.lastSeenMs()))
                .toList();
    }

    /** Connections of clients to all its servers, without those that ask here. */
    long connections();

    /** Keys on all masters. */
    long keys();

    /**
     * How long before a crash an acknowledged write may have happened and still be lost, by the ground's own promise, in
     * ms; 0: what was acknowledged is there.
     */
    long mayForgetMs();

    /** In words, for the head of the table. */
    String description();

    /** Stops every server it started, at once. */
    @Override
    void close();
}
