package io.penstock.common.queue.redis;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.queue.QueuePolicy;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** A queue's policy in the making: the defaults, and what a test wants otherwise. */
record PolicyDraft(QueuePolicy policy) {

    static PolicyDraft of(String queue) {
        return new PolicyDraft(QueuePolicy.defaults(queue));
    }

    PolicyDraft partitions(int partitions) {
        return with(
                policy.keepCompleted(),
                policy.keepDead(),
                policy.maxStalls(),
                partitions,
                policy.rateLimit(),
                policy.limitedTypes());
    }

    PolicyDraft maxStalls(int maxStalls) {
        return with(
                policy.keepCompleted(),
                policy.keepDead(),
                maxStalls,
                policy.partitions(),
                policy.rateLimit(),
                policy.limitedTypes());
    }

    PolicyDraft keepCompleted(int keepCompleted) {
        return with(
                keepCompleted,
                policy.keepDead(),
                policy.maxStalls(),
                policy.partitions(),
                policy.rateLimit(),
                policy.limitedTypes());
    }

    PolicyDraft keepDead(int keepDead) {
        return with(
                policy.keepCompleted(),
                OptionalInt.of(keepDead),
                policy.maxStalls(),
                policy.partitions(),
                policy.rateLimit(),
                policy.limitedTypes());
    }

    /** A limited queue has one partition. */
    PolicyDraft limit(RateLimit limit, String... types) {
        return with(
                policy.keepCompleted(),
                policy.keepDead(),
                policy.maxStalls(),
                1,
                Optional.of(limit),
                Set.of(types));
    }

    private PolicyDraft with(
            int keepCompleted,
            OptionalInt keepDead,
            int maxStalls,
            int partitions,
            Optional<RateLimit> limit,
            Set<String> limitedTypes) {
        return new PolicyDraft(new QueuePolicy(
                policy.queue(),
                policy.concurrency(),
                policy.attempts(),
                policy.retry(),
                keepCompleted,
                keepDead,
                policy.timeout(),
                maxStalls,
                partitions,
                limit,
                limitedTypes));
    }
}
