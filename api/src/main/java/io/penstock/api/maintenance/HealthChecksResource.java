package io.penstock.api.maintenance;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Role;
import io.penstock.common.maintenance.HealthReportStore;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What the scheduled health checks have found. */
@Path("/api/health-checks")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Health checks", description = "What the scheduled health checks have found")
@NeedsDatabase
public class HealthChecksResource {

    private static final int MOST = 200;
    private static final int DEFAULT = 20;
    private static final Instant ANY_TIME = Instant.parse("9999-12-31T23:59:59Z");

    private final HealthReportStore reports;

    /** Results, the latest first. */
    @RegisterForReflection
    @Schema(name = "HealthChecks")
    public record HealthCheckList(List<HealthCheckAnswer> checks) {}

    @Inject
    HealthChecksResource(HealthReportStore reports) {
        this.reports = reports;
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at health checks", description = "The latest first. They are kept for 30 days.")
    @Parameter(
            name = "before",
            in = ParameterIn.QUERY,
            description = "Only checks made before this time",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "200", defaultValue = "20"))
    public Uni<HealthCheckList> list(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "before", "limit");
        int limit = parameters.number("limit", 1, MOST, DEFAULT);
        Instant before =
                parameters.text("before").map(HealthChecksResource::time).orElse(ANY_TIME);
        return reports.list(before, limit)
                .map(found -> new HealthCheckList(
                        found.stream().map(HealthCheckAnswer::of).toList()));
    }

    private static Instant time(String text) {
        try {
            Instant time = Instant.parse(text);
            if (time.isBefore(ANY_TIME) && time.isAfter(Instant.EPOCH)) {
                return time;
            }
        } catch (DateTimeException e) {
            // Told below, together with times that no database holds.
        }
        throw QueryParameters.invalid("before", "before: must be a time such as 2026-01-31T08:00:00Z");
    }
}
