package io.penstock.api.overview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Something that is wrong. */
@RegisterForReflection
@Schema(name = "OverviewProblem")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        @Schema(description = "The same as long as the problem lasts") String id,
        @Schema(
                        enumeration = {
                            "queue-without-worker",
                            "oldest-job",
                            "type-without-handler",
                            "scheduler-late",
                            "schedule-failing",
                            "outbox-late",
                            "history-late",
                            "redis-memory",
                            "redis-unsafe",
                            "breaker-open",
                            "clock-skew",
                            "one-error",
                            "deployment",
                            "alert"
                        })
                String kind,
        @Schema(enumeration = {"critical", "warning", "info"}) String severity,
        @Schema(description = "The queue, type, schedule, guard, worker … that it is about") String subject,
        @Nullable Instant since,
        String summary,
        @Schema(description = "Where it probably comes from") @Nullable String cause,
        @Schema(description = "Numbers of the summary, for those who word it themselves") Map<String, Object> facts,
        @Schema(description = "Where to look") String link,
        @Schema(
                        description = "What to do about it",
                        enumeration = {
                            "start-worker",
                            "see-queue",
                            "see-errors",
                            "see-schedules",
                            "see-outbox",
                            "see-redis",
                            "see-guard",
                            "see-workers",
                            "see-alerts"
                        })
                String remedy) {

    static final String CRITICAL = "critical";
    static final String WARNING = "warning";
    static final String INFO = "info";

    Problem since(@Nullable Instant time) {
        return new Problem(id, kind, severity, subject, time, summary, cause, facts, link, remedy);
    }

    Problem cause(@Nullable String text) {
        return new Problem(id, kind, severity, subject, since, summary, text, facts, link, remedy);
    }

    int rank() {
        return switch (severity) {
            case CRITICAL -> 0;
            case WARNING -> 1;
            default -> 2;
        };
    }
}
