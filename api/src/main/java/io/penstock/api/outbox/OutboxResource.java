package io.penstock.api.outbox;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.ListPage;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Caller;
import io.penstock.api.security.Role;
import io.penstock.common.outbox.OutboxAdmin;
import io.penstock.common.outbox.OutboxStatus;
import io.penstock.common.queue.PayloadSecrets;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;

/** Tells how far the outbox is behind, and lets operators deal with rows that were deadLetters. */
@Path("/api/outbox")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Outbox", description = "Jobs enqueued inside a transaction")
@NeedsDatabase
public class OutboxResource {

    /** Digits of a number that surely fits. */
    private static final int MAX_DIGITS = 18;

    private static final Logger LOG = Logger.getLogger(OutboxResource.class);

    /** How the outbox is. */
    @RegisterForReflection
    @Schema(name = "Outbox")
    public record StatusAnswer(
            @Schema(description = "Age of the oldest unsent row in ms, 0 when there is none") long lagMs,
            @Schema(description = "Rows that wait for a relay; not counted beyond 100000") long unsent,
            @Schema(description = "Rows that cannot become jobs; not counted beyond 100000") long deadLetters) {

        static StatusAnswer of(OutboxStatus status) {
            return new StatusAnswer(status.lagMs(), status.unsent(), status.deadLetters());
        }
    }

    /** A row that is looked at again. */
    @RegisterForReflection
    @Schema(name = "OutboxRetried")
    public record Retried(@Schema(description = "Id of the job it becomes, if it can") String jobId) {}

    private final OutboxAdmin admin;
    private final SecurityIdentity identity;
    private final PayloadSecrets secrets;

    @Inject
    OutboxResource(OutboxAdmin admin, SecurityIdentity identity, PayloadSecrets secrets) {
        this.admin = admin;
        this.identity = identity;
        this.secrets = secrets;
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "See how far the outbox is behind")
    public Uni<StatusAnswer> status() {
        return admin.status().map(StatusAnswer::of);
    }

    @GET
    @Path("/dead-letters")
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "List rows that cannot become jobs",
            description = "In the order of their numbers. Ask again with 'after' set to the answer's nextAfter.")
    @Parameter(ref = ListPage.AFTER)
    @Parameter(ref = ListPage.LIMIT)
    public Uni<DeadLetterAnswer.Page> deadLetters(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "after", "limit");
        ListPage page = ListPage.after(parameters, "dead-letters", "");
        return admin.deadLetters(page.start(place -> place.number(0)).orElse(0L), page.limit())
                .map(rows -> DeadLetterAnswer.Page.of(rows, page, secrets));
    }

    @POST
    @Path("/dead-letters/{id}/retry")
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Look at a refused row again",
            description = "It lines up behind all other rows. If it is still wrong, it is refused anew.")
    public Uni<RestResponse<Retried>> retry(@Parameter(description = "Number of the row") @PathParam("id") String id) {
        return admin.retry(row(id))
                .map(jobId -> jobId.orElseThrow(OutboxResource::noSuchRow))
                .invoke(() -> LOG.infof(
                        "outbox row %s is retried by %s",
                        id, Caller.of(identity).id()))
                .map(jobId -> RestResponse.status(RestResponse.Status.ACCEPTED, new Retried(jobId)));
    }

    @DELETE
    @Path("/dead-letters/{id}")
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Drop a refused row", description = "Its job will never be.")
    public Uni<Void> delete(@Parameter(description = "Number of the row") @PathParam("id") String id) {
        return admin.delete(row(id))
                .invoke(found -> {
                    if (!found) {
                        throw noSuchRow();
                    }
                    LOG.infof(
                            "outbox row %s was dropped by %s",
                            id, Caller.of(identity).id());
                })
                .replaceWithVoid();
    }

    private static long row(String id) {
        if (!isNumber(id)) {
            throw noSuchRow();
        }
        return Long.parseLong(id);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_DIGITS
                && text.chars().allMatch(character -> character >= '0' && character <= '9');
    }

    private static ProblemException noSuchRow() {
        return ProblemException.of(ProblemCode.NOT_FOUND, "No refused row has this number.");
    }
}
