package io.penstock.api.flow;

import io.penstock.common.flow.Guard;
import io.penstock.common.flow.GuardForce;
import io.penstock.common.flow.GuardReport;
import io.penstock.common.flow.RateLimiter.Permits;
import io.penstock.common.flow.UpstreamPolicy;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One guard in all processes. */
@RegisterForReflection
@Schema(name = "Guard")
record GuardAnswer(
        String guard,
        @Schema(description = "closed, half_open, open: the worst of all processes; forced_open, forced_closed")
                String state,
        @Schema(description = "Calls of the processes below since each has started") long calls,
        @Schema(description = "Those that failed through the upstream's fault") long failures,
        @Schema(description = "Calls that were put off") long refused,
        @Schema(description = "Permits that could be taken now; null: Redis does not say") @Nullable Long permitsLeft,
        @Schema(description = "Milliseconds until a permit is due; 0: one is left") @Nullable Long nextPermitMs,
        Settings settings,
        @Schema(description = "What an operator has decided; null: nothing") @Nullable Forced forced,
        List<InProcess> processes) {

    /** How it is configured. */
    @RegisterForReflection
    @Schema(name = "GuardSettings")
    record Settings(
            int permits,
            long perMs,
            int burst,
            long timeoutMs,
            int concurrency,
            double breakerRatio,
            int breakerMinimumCalls,
            long breakerOpenMs,
            @Schema(description = "Whether a breaker that opens in one process holds all back") boolean breakerShared) {

        static Settings of(UpstreamPolicy policy) {
            return new Settings(
                    policy.rateLimit().permits(),
                    policy.rateLimit().per().toMillis(),
                    policy.rateLimit().burst(),
                    policy.timeout().toMillis(),
                    policy.concurrency(),
                    policy.failureRatio(),
                    policy.minimumCalls(),
                    policy.openTime().toMillis(),
                    policy.shared());
        }
    }

    /** A decision. */
    @RegisterForReflection
    @Schema(name = "GuardForced")
    record Forced(String state, String by, Instant since, String reason) {}

    /** The guard in one process. */
    @RegisterForReflection
    @Schema(name = "GuardProcess")
    record InProcess(
            String process,
            String breaker,
            long calls,
            long failures,
            long refused,
            @Nullable Instant openUntil,
            @Nullable Instant pausedUntil,
            Instant seenAt) {

        static InProcess of(GuardReport report) {
            return new InProcess(
                    report.process(),
                    code(report.breaker()),
                    report.calls(),
                    report.failures(),
                    report.refused(),
                    report.openUntil().equals(Instant.EPOCH) ? null : report.openUntil(),
                    report.pausedUntil().equals(Instant.EPOCH) ? null : report.pausedUntil(),
                    report.at());
        }
    }

    static GuardAnswer of(
            UpstreamPolicy policy, Optional<GuardForce> force, List<GuardReport> reports, Optional<Permits> permits) {
        Optional<GuardForce> forced = force.filter(decided -> decided.state() != GuardForce.State.NONE);
        Guard.Breaker worst = reports.stream()
                .map(GuardReport::breaker)
                .max(Comparator.comparing(GuardAnswer::badness))
                .orElse(Guard.Breaker.CLOSED);
        return new GuardAnswer(
                policy.upstream(),
                forced.map(decided -> "forced_" + decided.state().code()).orElse(code(worst)),
                reports.stream().mapToLong(GuardReport::calls).sum(),
                reports.stream().mapToLong(GuardReport::failures).sum(),
                reports.stream().mapToLong(GuardReport::refused).sum(),
                permits.map(Permits::left).orElse(null),
                permits.map(found -> found.nextIn().toMillis()).orElse(null),
                Settings.of(policy),
                forced.map(decided -> new Forced(decided.state().code(), decided.by(), decided.at(), decided.reason()))
                        .orElse(null),
                reports.stream()
                        .sorted(Comparator.comparing(GuardReport::process))
                        .map(InProcess::of)
                        .toList());
    }

    private static int badness(Guard.Breaker breaker) {
        return switch (breaker) {
            case CLOSED -> 0;
            case HALF_OPEN -> 1;
            case OPEN -> 2;
        };
    }

    private static String code(Guard.Breaker breaker) {
        return breaker.name().toLowerCase(Locale.ROOT);
    }
}
