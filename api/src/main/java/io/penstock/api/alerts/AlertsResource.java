package io.penstock.api.alerts;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Role;
import io.penstock.common.alert.AlertStore;
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
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The alerts, for those whom neither mail nor webhook reaches. */
@Path("/api/alerts")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Alerts", description = "What is wrong, and what was")
@NeedsDatabase
public class AlertsResource {

    private static final int MOST = 500;
    private static final int DEFAULT = 100;
    private static final String RAISED = "raised";
    private static final String ALL = "all";
    private static final List<String> STATES = List.of(RAISED, "recovered", ALL);

    private final AlertStore alerts;

    /** Alerts, the latest change first. */
    @RegisterForReflection
    @Schema(name = "Alerts")
    public record AlertList(List<AlertAnswer> alerts) {}

    @Inject
    AlertsResource(AlertStore alerts) {
        this.alerts = alerts;
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at alerts", description = "The latest change first. Each subject has one alert.")
    @Parameter(
            name = "state",
            in = ParameterIn.QUERY,
            description = "Only alerts in this state",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {RAISED, "recovered", ALL},
                            defaultValue = RAISED))
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "500", defaultValue = "100"))
    public Uni<AlertList> list(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "state", "limit");
        int limit = parameters.number("limit", 1, MOST, DEFAULT);
        String state = parameters.oneOf("state", STATES, RAISED);
        return (state.equals(ALL) ? alerts.list(limit) : alerts.list(state.equals(RAISED), limit))
                .map(found -> new AlertList(found.stream().map(AlertAnswer::of).toList()));
    }
}
