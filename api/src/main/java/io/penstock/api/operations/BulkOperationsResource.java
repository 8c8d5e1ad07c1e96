package io.penstock.api.operations;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.ListPage;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Caller;
import io.penstock.api.security.Role;
import io.penstock.common.operations.BulkAction;
import io.penstock.common.operations.BulkFilter;
import io.penstock.common.operations.BulkOperations;
import io.penstock.common.operations.InvalidFilterException;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.QueuePolicies;
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
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Cancels, deletes, retries or runs many jobs at once, in the background, by a filter that is frozen when it is given. */
@Path("/api/bulk-operations")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Bulk operations", description = "Do something to many jobs at once")
@NeedsDatabase
public class BulkOperationsResource {

    private static final Logger LOG = Logger.getLogger(BulkOperationsResource.class);

    private static final int MOST = 200;
    private static final int DEFAULT = 50;
    /** Later than any operation. */
    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

    private final BulkOperations operations;
    private final QueuePolicies policies;
    private final SecurityIdentity identity;

    @Inject
    BulkOperationsResource(BulkOperations operations, QueuePolicies policies, SecurityIdentity identity) {
        this.operations = operations;
        this.policies = policies;
        this.identity = identity;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Do something to many jobs",
            description =
                    "202: it goes on in the background. 200 for a dry run: how many jobs are meant. Jobs accepted "
                            + "after the request are never touched.")
    @APIResponse(
            responseCode = "202",
            description = "Asked for",
            content = @Content(schema = @Schema(implementation = BulkOperationAnswer.class)))
    @APIResponse(
            responseCode = "200",
            description = "Counted",
            content = @Content(schema = @Schema(implementation = BulkOperationAnswer.Counted.class)))
    public Uni<RestResponse<Object>> start(@Nullable BulkOperationRequest body) {
        BulkAction action = checkedAction(body);
        BulkFilter filter = checkedFilter(body);
        JobAdmin.Children children = checkedChildren(body, action);
        if (body != null && Boolean.TRUE.equals(body.dryRun())) {
            return operations
                    .dryRun(action, filter)
                    .map(count -> RestResponse.ok(
                            new BulkOperationAnswer.Counted(count.matching(), count.examined(), !count.complete())));
        }
        Caller caller = Caller.of(identity);
        return operations
                .start(action, filter, children, caller.id(), caller.name())
                .invoke(started -> LOG.infof(
                        "bulk operation %s (%s, %s) was asked for by %s",
                        started.id(), action.text(), filter, caller.id()))
                .map(started -> RestResponse.ResponseBuilder.<Object>create(RestResponse.Status.ACCEPTED)
                        .location(URI.create("/api/bulk-operations/" + started.id()))
                        .entity(BulkOperationAnswer.of(started))
                        .build());
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at bulk operations",
            description = "The latest first. They are kept for 90 days after their end.")
    @Parameter(
            name = "before",
            in = ParameterIn.QUERY,
            description = "Only those asked for before this time",
            schema = @Schema(implementation = String.class))
    @Parameter(ref = ListPage.LIMIT)
    public Uni<BulkOperationAnswer.Page> list(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "before", "limit");
        Instant before = parameters.time("before").orElse(LATEST);
        return operations
                .list(before, parameters.number("limit", 1, MOST, DEFAULT))
                .map(found -> new BulkOperationAnswer.Page(
                        found.stream().map(BulkOperationAnswer::of).toList()));
    }

    @GET
    @Path("/{id}")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at one bulk operation")
    public Uni<BulkOperationAnswer> find(@Parameter(description = "Id of the operation") @PathParam("id") String id) {
        return operations.find(known(id)).map(found -> found.map(BulkOperationAnswer::of)
                .orElseThrow(BulkOperationsResource::noSuchOperation));
    }

    @POST
    @Path("/{id}/abort")
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Abort a bulk operation",
            description = "It stops after the chunk it is at, a hundred jobs at most. What is done stays done.")
    public Uni<BulkOperationAnswer> abort(@Parameter(description = "Id of the operation") @PathParam("id") String id) {
        UUID operation = known(id);
        return operations.abort(operation).chain(aborted -> {
            if (aborted.isEmpty()) {
                return find(id).map(found -> {
                    throw ProblemException.of(
                            ProblemCode.OPERATION_ENDED, "The operation is " + found.state() + " already.");
                });
            }
            LOG.infof(
                    "bulk operation %s was aborted by %s",
                    id, Caller.of(identity).id());
            return Uni.createFrom().item(BulkOperationAnswer.of(aborted.get()));
        });
    }

    private static BulkAction checkedAction(@Nullable BulkOperationRequest body) {
        String action = body == null || body.action() == null ? "" : body.action();
        return BulkAction.of(action).orElseThrow(() -> invalid("action", "must be cancel, delete, retry or run-now"));
    }

    private static JobAdmin.Children checkedChildren(@Nullable BulkOperationRequest body, BulkAction action) {
        String children = body == null ? null : body.children();
        if (children == null) {
            return JobAdmin.Children.RETRY;
        }
        if (action != BulkAction.RETRY) {
            throw invalid("children", "has a meaning for retry only");
        }
        return JobAdmin.Children.of(children).orElseThrow(() -> invalid("children", "must be retry or ignore"));
    }

    private BulkFilter checkedFilter(@Nullable BulkOperationRequest body) {
        BulkFilter filter = body == null ? null : body.filter();
        if (filter == null) {
            throw invalid("filter", "is missing");
        }
        try {
            filter.check();
        } catch (InvalidFilterException e) {
            throw ProblemException.at("filter." + e.field(), ProblemCode.INVALID_REQUEST, "filter." + e.getMessage());
        }
        if (filter.queue() != null && policies.find(filter.queue()).isEmpty()) {
            throw ProblemException.of(ProblemCode.UNKNOWN_QUEUE, "No queue has this name.");
        }
        return filter;
    }

    private static UUID known(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw noSuchOperation();
        }
    }

    private static ProblemException noSuchOperation() {
        return ProblemException.of(ProblemCode.NOT_FOUND, "No bulk operation has this id.");
    }

    private static ProblemException invalid(String field, String reason) {
        return ProblemException.at(field, ProblemCode.INVALID_REQUEST, field + ": " + reason);
    }
}
