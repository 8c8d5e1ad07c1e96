package io.penstock.common.queue.redis;

import io.penstock.common.testing.RedisFixture;
import java.util.List;

/** The Redis installations that every contract of the queue is checked on, and how many partitions its queue has there. */
enum Topology {
    /** One server. */
    STANDALONE(1) {
        @Override
        RedisFixture open() {
            return new RedisFixture();
        }
    },

    /** Three masters; the three partitions of the queue {@link QueueHarness#QUEUE} lie on more than one. */
    CLUSTER(3) {
        @Override
        RedisFixture open() {
            return RedisFixture.ofCluster();
        }
    };

    private final int partitions;

    Topology(int partitions) {
        this.partitions = partitions;
    }

    /** All; in the quick build the single server alone. */
    static List<Topology> inThisBuild() {
        return Boolean.getBoolean("penstock.test.quick") ? List.of(STANDALONE) : List.of(values());
    }

    int partitions() {
        return partitions;
    }

    /** An empty Redis. The caller closes the fixture. */
    abstract RedisFixture open();
}
