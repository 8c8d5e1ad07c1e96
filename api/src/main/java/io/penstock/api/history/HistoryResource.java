package io.penstock.api.history;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.request.ListPage;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Caller;
import io.penstock.api.security.HeedsScope;
import io.penstock.api.security.Role;
import io.penstock.api.security.Scope;
import io.penstock.common.history.HistoryFilter;
import io.penstock.common.history.HistoryPage;
import io.penstock.common.history.HistoryQuery;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.HistoryState;
import io.penstock.common.history.HistoryTime;
import io.penstock.common.queue.PayloadSecrets;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What became of jobs. Every question has a time of at most 31 days. */
@Path("/api/history")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "History", description = "Jobs that have ended, and their errors")
@NeedsDatabase
public class HistoryResource {

    private final JobHistory history;
    private final SecurityIdentity identity;
    private final PayloadSecrets secrets;
    private final InstantSource clock = InstantSource.system();

    @Inject
    HistoryResource(JobHistory history, SecurityIdentity identity, PayloadSecrets secrets) {
        this.history = history;
        this.secrets = secrets;
        this.identity = identity;
    }

    @GET
    @HeedsScope
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look for jobs that have ended",
            description =
                    "Latest end first. Filters are joined by 'and'. Which jobs are kept is the policy of their queue. "
                            + "Ask again with the answer's nextCursor, and the same filters, for the next page.")
    @Parameter(
            name = "from",
            in = ParameterIn.QUERY,
            description = "Ended at this time or later; absent: a day before 'to'; at most 31 days before it",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "to",
            in = ParameterIn.QUERY,
            description = "Ended before this time; absent: now",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(name = "id", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "queue", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "type", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "state",
            in = ParameterIn.QUERY,
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"completed", "failed", "dead", "cancelled", "expired", "deleted"}))
    @Parameter(name = "tag", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "group", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "fingerprint", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "error",
            in = ParameterIn.QUERY,
            description = "Part of the beginning of the error, upper or lower case",
            schema = @Schema(type = SchemaType.STRING, minLength = 3, maxLength = HistoryFilter.MAX_TEXT))
    @Parameter(ref = ListPage.LIMIT)
    @Parameter(
            name = "cursor",
            in = ParameterIn.QUERY,
            description = "nextCursor of the page before; the time is then that page's",
            schema = @Schema(type = SchemaType.STRING))
    public Uni<HistoryAnswer> find(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(
                uri.getQueryParameters(),
                "from",
                "to",
                "id",
                "queue",
                "type",
                "state",
                "tag",
                "tenant",
                "group",
                "fingerprint",
                "error",
                "limit",
                "cursor");
        return page(
                parameters, within(Caller.of(identity).scope(), filter(parameters)), HistoryTime.DEFAULT, row -> true);
    }

    @GET
    @Path("/errors")
    @HeedsScope
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at the errors of a time, grouped",
            description =
                    "The most frequent groups first. An error is in the group of those that differ in details only.")
    @Parameter(
            name = "from",
            in = ParameterIn.QUERY,
            description = "Absent: a day before 'to'; at most 31 days before it",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "to",
            in = ParameterIn.QUERY,
            description = "Absent: now",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(name = "queue", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "type", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(ref = ListPage.LIMIT)
    public Uni<HistoryAnswer.Errors> errors(@Context UriInfo uri) {
        QueryParameters parameters =
                QueryParameters.of(uri.getQueryParameters(), "from", "to", "queue", "type", "limit");
        HistoryFilter filter = filter(parameters);
        Caller.of(identity).scope().requireAllJobs(filter.queue());
        HistoryTime time = time(parameters, HistoryTime.DEFAULT);
        return history.errors(
                        time,
                        filter.queue(),
                        filter.type(),
                        parameters.limit(HistoryQuery.MAX_LIMIT, HistoryQuery.DEFAULT_LIMIT))
                .map(groups -> HistoryAnswer.Errors.of(groups, time));
    }

    @GET
    @Path("/{jobId}")
    @HeedsScope
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at all that is kept of one job",
            description = "Latest first; empty where nothing is kept of it. The job with the id 'errors' is found by "
                    + "/api/history?id=errors.")
    @Parameter(
            name = "from",
            in = ParameterIn.QUERY,
            description = "Absent: 31 days before 'to'",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "to",
            in = ParameterIn.QUERY,
            description = "Absent: now",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(ref = ListPage.LIMIT)
    @Parameter(name = "cursor", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    public Uni<HistoryAnswer> ofJob(
            @Parameter(description = "Id of the job") @PathParam("jobId") String jobId, @Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "from", "to", "limit", "cursor");
        Scope scope = Caller.of(identity).scope();
        HistoryFilter ofJob = JobHistory.checked(() -> HistoryFilter.ofJob(jobId));
        return page(parameters, of(scope, ofJob), HistoryTime.MOST, row -> scope.allowsQueue(row.queue()));
    }

    private Uni<HistoryAnswer> page(
            QueryParameters parameters, HistoryFilter filter, Duration whenAbsent, Predicate<HistoryRow> reached) {
        HistoryTime time = time(parameters, whenAbsent);
        int limit = parameters.limit(HistoryQuery.MAX_LIMIT, HistoryQuery.DEFAULT_LIMIT);
        String cursor = parameters.text("cursor").orElse(null);
        return history.find(JobHistory.checked(() -> HistoryQuery.of(time, filter, limit, cursor)))
                .map(page ->
                        new HistoryPage(page.rows().stream().filter(reached).toList(), page.time(), page.nextCursor()))
                .map(page -> HistoryAnswer.of(page, secrets));
    }

    private static HistoryFilter filter(QueryParameters parameters) {
        Optional<HistoryState> state = parameters.has("state")
                ? HistoryState.ofWire(parameters.oneOf("state", HistoryState.wires(), ""))
                : Optional.empty();
        return JobHistory.checked(() -> new HistoryFilter(
                parameters.text("id"),
                parameters.text("queue"),
                parameters.text("type"),
                state,
                parameters.text("tag"),
                parameters.text("tenant"),
                parameters.text("fingerprint"),
                parameters.text("error"),
                parameters.text("group")));
    }

    /** Nothing but the caller's tenant, and a queue that the caller reaches. */
    private static HistoryFilter within(Scope scope, HistoryFilter filter) {
        scope.requireNamed(filter.queue());
        return of(scope, filter);
    }

    /** Nothing but the caller's tenant. */
    private static HistoryFilter of(Scope scope, HistoryFilter filter) {
        return new HistoryFilter(
                filter.jobId(),
                filter.queue(),
                filter.type(),
                filter.state(),
                filter.tag(),
                scope.tenantWithin(filter.tenant()),
                filter.fingerprint(),
                filter.error(),
                filter.group());
    }

    private HistoryTime time(QueryParameters parameters, Duration whenAbsent) {
        Instant from = parameters.time("from").orElse(null);
        Instant to = parameters.time("to").orElse(null);
        return JobHistory.checked(() -> HistoryTime.of(from, to, clock.instant(), whenAbsent));
    }
}
