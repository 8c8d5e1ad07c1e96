package io.penstock.api.alerts;

import io.penstock.common.alert.Alert;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One alert as callers see it. */
@RegisterForReflection
@Schema(name = "Alert")
public record AlertAnswer(
        @Schema(description = "What it is about", examples = "queue/cleanup/waiting") String subject,
        @Schema(description = "warning or critical") String severity,
        @Schema(description = "raised or recovered") String state,
        @Schema(description = "Of the latest change") String summary,
        @Schema(description = "When it was raised last") Instant raisedAt,
        @Schema(description = "When it was raised or recovered last") Instant changedAt,
        @Schema(description = "How often it was raised since it is known") long timesRaised) {

    static AlertAnswer of(Alert alert) {
        return new AlertAnswer(
                alert.subject(),
                alert.severity().code(),
                alert.raised() ? "raised" : "recovered",
                alert.summary(),
                alert.raisedAt(),
                alert.changedAt(),
                alert.timesRaised());
    }
}
