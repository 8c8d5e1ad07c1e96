package io.penstock.api.queues;

import io.penstock.common.queue.LimitOverride;
import io.penstock.common.queue.QueueLimits;
import io.penstock.common.queue.QueuePolicy;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The limits of a queue: as configured, as an operator has changed them, and as they are in force. */
@RegisterForReflection
@Schema(name = "QueueLimits")
public record LimitsAnswer(
        Values inForce,
        @Schema(description = "What holds where nothing is overridden") Values configured,
        @Schema(description = "What an operator has set; null: as configured") Values override,
        @Schema(
                        description =
                                "The job types that the rate limit holds for, as configured; empty: all types of the queue")
                List<String> rateLimitedTypes,
        @Schema(description = "Who has changed the limits last; null: nobody") @Nullable String changedBy,
        @Schema(description = "When") @Nullable Instant changedAt) {

    /** Null: no such limit. */
    @RegisterForReflection
    @Schema(name = "QueueLimitValues")
    public record Values(
            @Schema(description = "Jobs that one worker runs at once") @Nullable Integer concurrency,
            @Schema(description = "Starts in all workers together") LimitsRequest.@Nullable Rate rateLimit,
            @Schema(description = "Jobs that run at once in all workers together") @Nullable Integer globalConcurrency,
            @Schema(description = "Jobs of one group that are let in at once") @Nullable Integer groupConcurrency,
            @Schema(description = "Starts of jobs of one group") LimitsRequest.@Nullable Rate groupRateLimit) {

        private static Values of(QueuePolicy policy) {
            return new Values(
                    policy.slots().concurrency(),
                    policy.limits().rateLimit().map(LimitsRequest.Rate::of).orElse(null),
                    number(policy.limits().globalConcurrency()),
                    policy.sharing().groups().concurrency(),
                    policy.sharing()
                            .groups()
                            .rateLimit()
                            .map(LimitsRequest.Rate::of)
                            .orElse(null));
        }

        private static Values of(QueueLimits limits) {
            return new Values(
                    number(limits.concurrency()),
                    limits.rateLimit().map(LimitsRequest.Rate::of).orElse(null),
                    number(limits.globalConcurrency()),
                    number(limits.groupConcurrency()),
                    limits.groupRateLimit().map(LimitsRequest.Rate::of).orElse(null));
        }

        private static @Nullable Integer number(OptionalInt value) {
            return value.isPresent() ? value.getAsInt() : null;
        }
    }

    static LimitsAnswer of(QueuePolicy configured, QueuePolicy inForce, Optional<LimitOverride> override) {
        return new LimitsAnswer(
                Values.of(inForce),
                Values.of(configured),
                Values.of(override.map(LimitOverride::limits).orElse(QueueLimits.NONE)),
                configured.limits().limitedTypes().stream().sorted().toList(),
                override.map(LimitOverride::changedBy).orElse(null),
                override.map(LimitOverride::changedAt).orElse(null));
    }
}
