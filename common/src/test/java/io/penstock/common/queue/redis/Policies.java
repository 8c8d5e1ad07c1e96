package io.penstock.common.queue.redis;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.queue.QueuePolicy;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Changes of a queue's policy that only tests make. */
final class Policies {

    private Policies() {}

    static QueuePolicy withMaxStalls(QueuePolicy policy, int maxStalls) {
        return policy.toBuilder().maxStalls(maxStalls).build();
    }

    static QueuePolicy withKeepDead(QueuePolicy policy, int keepDead) {
        return policy.toBuilder().keepDead(OptionalInt.of(keepDead)).build();
    }

    /** A limited queue has one partition. */
    static QueuePolicy withLimit(QueuePolicy policy, RateLimit limit, String... types) {
        return policy.toBuilder()
                .partitions(1)
                .rateLimit(Optional.of(limit), Set.of(types))
                .build();
    }
}
