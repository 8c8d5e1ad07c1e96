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
        return with(policy, policy.keepDead(), maxStalls, policy.rateLimit(), policy.limitedTypes());
    }

    static QueuePolicy withKeepDead(QueuePolicy policy, int keepDead) {
        return with(policy, OptionalInt.of(keepDead), policy.maxStalls(), policy.rateLimit(), policy.limitedTypes());
    }

    /** A limited queue has one partition. */
    static QueuePolicy withLimit(QueuePolicy policy, RateLimit limit, String... types) {
        return with(policy.withPartitions(1), policy.keepDead(), policy.maxStalls(), Optional.of(limit), Set.of(types));
    }

    private static QueuePolicy with(
            QueuePolicy policy,
            OptionalInt keepDead,
            int maxStalls,
            Optional<RateLimit> limit,
            Set<String> limitedTypes) {
        return new QueuePolicy(
                policy.queue(),
                policy.concurrency(),
                policy.attempts(),
                policy.retry(),
                policy.keepCompleted(),
                keepDead,
                policy.timeout(),
                maxStalls,
                policy.partitions(),
                policy.weight(),
                limit,
                limitedTypes,
                policy.globalConcurrency(),
                policy.ageing(),
                policy.groups(),
                policy.keepBytes(),
                policy.cancelGrace());
    }
}
