package io.penstock.api.overview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.api.search.Estimate;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How everything is. */
@RegisterForReflection
@Schema(name = "Overview")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OverviewAnswer(
        Instant at,
        @Schema(description = "The worst first") List<Problem> problems,
        @Schema(description = "How many kinds of problem were looked for") int checks,
        @Schema(description = "Parts that did not answer: what depends on them is not known") List<String> unknown,
        Totals totals,
        @Schema(description = "Queues with problems first, then by name") List<Queue> queues) {

    /** Of all queues. */
    @RegisterForReflection
    @Schema(name = "OverviewTotals")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Totals(
            long waiting,
            long active,
            @Schema(description = "Of workers that live") long slots,
            Estimate scheduled,
            Estimate retrying,
            long dead,
            @Schema(description = "In the last day; absent: PostgreSQL does not answer") @Nullable Long completed24h,
            @Schema(description = "Attempts that failed and were made again") @Nullable Long failed24h,
            @Nullable Long died24h,
            List<String> pausedQueues,
            Workers workers) {}

    /** Worker processes. */
    @RegisterForReflection
    @Schema(name = "OverviewWorkers")
    public record Workers(int alive, int lost) {}

    /** One queue. */
    @RegisterForReflection
    @Schema(name = "OverviewQueue")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Queue(
            String queue,
            long waiting,
            long active,
            @Schema(description = "Scheduled and retrying") long scheduled,
            long dead,
            long oldestWaitMs,
            @Schema(description = "From there on its oldest job is a problem") long boundMs,
            boolean paused,
            @Schema(description = "Processes that serve it and take jobs") int workers,
            int slots,
            @Schema(description = "Jobs that came, of the last five minutes; absent: not known") @Nullable
                    Double inPerSecond,
            @Schema(description = "Jobs that completed, of the last five minutes; absent: not known") @Nullable
                    Double outPerSecond,
            @Schema(
                            description =
                                    "How many waited at each of the last 60 minutes, the oldest first; null: not measured")
                    List<@Nullable Long> waitingHour) {}
}
