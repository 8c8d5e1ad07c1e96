package io.penstock.api.maintenance;

import io.penstock.common.maintenance.HealthReport;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One result of the scheduled health check as callers see it. */
@RegisterForReflection
@Schema(name = "HealthCheck")
public record HealthCheckAnswer(
        Instant checkedAt,
        @Schema(description = "Of the worst part: up, degraded or down") String status,
        List<PartAnswer> parts) {

    /** Something that was checked. */
    @RegisterForReflection
    @Schema(name = "HealthCheckPart")
    public record PartAnswer(
            @Schema(examples = "postgresql") String name,
            @Schema(description = "up, degraded or down") String status,
            @Schema(description = "In words; empty where there is nothing to say") String detail,
            @Schema(description = "How long its answer took, in ms") long millis) {}

    static HealthCheckAnswer of(HealthReport report) {
        return new HealthCheckAnswer(
                report.checkedAt(),
                report.status().code(),
                report.parts().stream()
                        .map(part -> new PartAnswer(part.name(), part.status().code(), part.detail(), part.millis()))
                        .toList());
    }
}
