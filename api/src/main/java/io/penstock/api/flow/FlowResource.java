package io.penstock.api.flow;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.security.Caller;
import io.penstock.api.security.Role;
import io.penstock.common.flow.GuardForce;
import io.penstock.common.flow.GuardForces;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The guards of all processes; forcing and resetting them. */
@Path("/api/flow")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Flow control", description = "Guards towards upstreams: their state, forcing them open or closed")
@NeedsDatabase
public class FlowResource {

    private static final Logger LOG = Logger.getLogger(FlowResource.class);
    private static final int MAX_REASON = 500;

    private final GuardOverview overview;
    private final GuardForces forces;
    private final SecurityIdentity identity;

    @Inject
    FlowResource(GuardOverview overview, GuardForces forces, SecurityIdentity identity) {
        this.overview = overview;
        this.forces = forces;
        this.identity = identity;
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at all guards",
            description = "Those that are configured and those that any process has used within two minutes.")
    public Uni<GuardList> list() {
        return overview.all().map(GuardList::new);
    }

    @POST
    @Path("/{guard}/open")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Let no call through to an upstream",
            description =
                    "In force in every process within two seconds, over restarts, until it is closed or reset. Jobs "
                            + "that need it are put off and use no attempt.")
    public Uni<GuardAnswer> open(
            @Parameter(description = "Name of the guard") @PathParam("guard") String guard,
            @Nullable GuardRequest body) {
        return force(guard, GuardForce.State.OPEN, body);
    }

    @POST
    @Path("/{guard}/close")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Let calls through whatever the breaker says",
            description =
                    "Rate limit, time-out and pauses that the upstream asked for still hold. Until it is opened or reset.")
    public Uni<GuardAnswer> close(
            @Parameter(description = "Name of the guard") @PathParam("guard") String guard,
            @Nullable GuardRequest body) {
        return force(guard, GuardForce.State.CLOSED, body);
    }

    @POST
    @Path("/{guard}/reset")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Let a guard decide for itself again",
            description = "Lifts what was forced; every process forgets what its breaker has seen and what pause the "
                    + "upstream asked for.")
    public Uni<GuardAnswer> reset(
            @Parameter(description = "Name of the guard") @PathParam("guard") String guard,
            @Nullable GuardRequest body) {
        String reason = reason(body);
        return overview.one(guard)
                .chain(known -> forces.reset(known.guard(), who(), reason))
                .invoke(() -> LOG.infof("guard %s was reset by %s", guard, who()))
                .chain(() -> overview.one(guard));
    }

    private Uni<GuardAnswer> force(String guard, GuardForce.State state, @Nullable GuardRequest body) {
        String reason = reason(body);
        return overview.one(guard)
                .chain(known -> forces.force(known.guard(), state, who(), reason))
                .invoke(() -> LOG.infof("guard %s was forced %s by %s", guard, state.code(), who()))
                .chain(() -> overview.one(guard));
    }

    private String who() {
        return Caller.of(identity).id();
    }

    private static String reason(@Nullable GuardRequest body) {
        String reason = body == null || body.reason() == null ? "" : body.reason();
        if (reason.length() > MAX_REASON || reason.indexOf('\0') >= 0) {
            throw ProblemException.at(
                    "reason", ProblemCode.INVALID_REQUEST, "reason: must be at most " + MAX_REASON + " characters");
        }
        return reason;
    }
}
