package io.penstock.common.queue.redis;

import io.penstock.common.queue.QueuePolicy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The ready streams of every queue, and which partition is next for a job that may go into any. */
final class QueueStreams {

    /** By queue and partition: building the names of a partition's keys for each job would cost more than encoding it. */
    private final Map<String, List<Streams>> streams = new ConcurrentHashMap<>();

    private final AtomicInteger turn = new AtomicInteger();

    Streams of(QueuePolicy policy, int partition) {
        return streams.computeIfAbsent(policy.queue(), queue -> Streams.ofAllPartitions(policy))
                .get(partition);
    }

    int nextPartition(QueuePolicy policy) {
        return policy.partitions() == 1 ? 0 : Math.floorMod(turn.getAndIncrement(), policy.partitions());
    }
}
