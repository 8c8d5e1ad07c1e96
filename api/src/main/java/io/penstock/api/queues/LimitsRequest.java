package io.penstock.api.queues;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.flow.RateLimit;
import io.penstock.common.queue.InvalidLimitException;
import io.penstock.common.queue.QueueLimits;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** All that is to be changed of a queue's limits; what is null or left out is as configured from then on. */
@RegisterForReflection
@Schema(name = "LimitsRequest")
public record LimitsRequest(
        @Schema(description = "Jobs that one worker runs at once, 1 to 10,000") @Nullable Integer concurrency,
        @Schema(description = "Starts in all workers together") @Nullable Rate rateLimit,
        @Schema(description = "Jobs that run at once in all workers together, 1 to 1,000,000") @Nullable
                Integer globalConcurrency,
        @Schema(description = "Jobs of one group that are let in at once, 1 to 1,000,000") @Nullable
                Integer groupConcurrency,
        @Schema(description = "Starts of jobs of one group") @Nullable Rate groupRateLimit) {

    /** A rate as the API words it. */
    @RegisterForReflection
    @Schema(name = "RateLimit")
    public record Rate(
            @Schema(description = "So many starts, 1 to 1,000,000") @Nullable Integer permits,
            @Schema(description = "In so many milliseconds, 1 to 366 days") @Nullable Long perMs,
            @Schema(description = "So many of them at once after a pause; 1 where it is left out: strictly evenly")
                    @Nullable
                    Integer burst) {

        static Rate of(RateLimit limit) {
            return new Rate(limit.permits(), limit.per().toMillis(), limit.burst());
        }

        private RateLimit limit(String field) {
            int starts = permits == null ? 0 : permits;
            long periodMs = perMs == null ? 0 : perMs;
            int atOnce = burst == null ? 1 : burst;
            if (starts < 1) {
                throw refused(field + ".permits", "must be 1 to " + QueueLimits.MAX_PERMITS);
            }
            if (periodMs < 1 || periodMs > QueueLimits.MAX_PERIOD.toMillis()) {
                throw refused(field + ".perMs", "must be 1 ms to " + QueueLimits.MAX_PERIOD.toDays() + " days");
            }
            if (atOnce < 1 || atOnce > starts) {
                throw refused(field + ".burst", "must be 1 to the number of permits");
            }
            return new RateLimit(starts, Duration.ofMillis(periodMs), atOnce);
        }
    }

    QueueLimits limits() {
        try {
            return new QueueLimits(
                    number(concurrency),
                    Optional.ofNullable(rateLimit).map(rate -> rate.limit("rateLimit")),
                    number(globalConcurrency),
                    number(groupConcurrency),
                    Optional.ofNullable(groupRateLimit).map(rate -> rate.limit("groupRateLimit")));
        } catch (InvalidLimitException e) {
            throw refused(e);
        }
    }

    private static OptionalInt number(@Nullable Integer value) {
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }

    static ProblemException refused(InvalidLimitException e) {
        return ProblemException.at(e.field(), ProblemCode.INVALID_REQUEST, String.valueOf(e.getMessage()));
    }

    private static ProblemException refused(String field, String reason) {
        return ProblemException.at(field, ProblemCode.INVALID_REQUEST, field + ": " + reason);
    }
}
