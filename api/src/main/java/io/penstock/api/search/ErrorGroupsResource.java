package io.penstock.api.search;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.history.JobHistory;
import io.penstock.api.operations.BulkOperationRequest;
import io.penstock.api.operations.BulkOperationsResource;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Caller;
import io.penstock.api.security.HeedsScope;
import io.penstock.api.security.Role;
import io.penstock.common.history.ErrorFingerprint;
import io.penstock.common.history.HistoryFilter;
import io.penstock.common.history.HistorySearch;
import io.penstock.common.history.HistoryState;
import io.penstock.common.history.HistoryTime;
import io.penstock.common.job.JobState;
import io.penstock.common.operations.BulkAction;
import io.penstock.common.operations.BulkFilter;
import io.penstock.common.queue.QueuePolicies;
import io.quarkus.runtime.annotations.RegisterForReflection;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** What jobs fail of, in groups, and the retry of a group. */
@Path("/api/jobs/errors")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Jobs", description = "Enqueue jobs and look at them")
@NeedsDatabase
public class ErrorGroupsResource {

    private final HistorySearch search;
    private final BulkOperationsResource operations;
    private final QueuePolicies policies;
    private final SecurityIdentity identity;
    private final InstantSource clock = InstantSource.system();

    @Inject
    ErrorGroupsResource(
            HistorySearch search,
            BulkOperationsResource operations,
            QueuePolicies policies,
            SecurityIdentity identity) {
        this.search = search;
        this.operations = operations;
        this.policies = policies;
        this.identity = identity;
    }

    /** Which jobs of a group are to be retried. */
    @RegisterForReflection
    @Schema(name = "ErrorGroupRetry")
    public record Retry(
            @Schema(description = "Only jobs of this queue; absent: of all queues") @Nullable String queue,
            @Schema(description = "Only jobs of this type") @Nullable String type,
            @Schema(description = "True: only count the jobs; default false") @Nullable Boolean dryRun) {}

    @GET
    @HeedsScope
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at the errors of jobs, grouped",
            description = "The most frequent groups first, of the 10,000 latest failures of the time.")
    @Parameter(
            name = "state",
            in = ParameterIn.QUERY,
            description = "dead: jobs that were given up; failed: attempts that are made again. Default dead",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"dead", "failed"}))
    @Parameter(name = "queue", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "type", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
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
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "100", defaultValue = "50"))
    public Uni<ErrorGroupsAnswer> list(@Context UriInfo uri) {
        QueryParameters parameters =
                QueryParameters.of(uri.getQueryParameters(), "state", "queue", "type", "from", "to", "limit");
        HistoryState state = HistoryState.ofWire(parameters.oneOf("state", List.of("dead", "failed"), "dead"))
                .orElseThrow();
        Optional<String> queue = parameters.storable("queue", HistoryFilter.MAX_TEXT);
        Caller.of(identity).scope().requireAllJobs(queue);
        queue.ifPresent(this::requireKnown);
        Optional<String> type = parameters.storable("type", HistoryFilter.MAX_TEXT);
        int limit = parameters.limit(JobQuestion.MAX_LIMIT, JobQuestion.DEFAULT_LIMIT);
        Instant now = clock.instant();
        HistoryTime time = JobHistory.checked(() -> HistoryTime.of(
                parameters.time("from").orElse(null), parameters.time("to").orElse(null), now, HistoryTime.DEFAULT));
        return JobHistory.bounded(search.failures(time, state, queue, type, now))
                .map(failures -> ErrorGroupsAnswer.of(failures, time, limit));
    }

    @POST
    @Path("/{fingerprint}/retry")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Retry the dead jobs of a group",
            description =
                    "A bulk operation, see /api/bulk-operations. 202: it goes on in the background; 200: a dry run.")
    public Uni<RestResponse<Object>> retry(
            @Parameter(description = "Fingerprint of the group") @PathParam("fingerprint") String fingerprint,
            @Nullable Retry body) {
        checkedFingerprint(fingerprint);
        Retry wanted = body == null ? new Retry(null, null, null) : body;
        BulkFilter filter = new BulkFilter(
                wanted.queue(),
                wanted.queue() == null ? true : null,
                List.of(JobState.DEAD.name().toLowerCase(Locale.ROOT)),
                wanted.type() == null ? null : List.of(wanted.type()),
                null,
                null,
                null,
                null,
                null,
                fingerprint);
        return operations.start(new BulkOperationRequest(BulkAction.RETRY.text(), filter, wanted.dryRun(), null));
    }

    static void checkedFingerprint(String fingerprint) {
        if (!ErrorFingerprint.isOne(fingerprint)) {
            throw QueryParameters.invalid("fingerprint", "fingerprint: must be 16 hexadecimal digits");
        }
    }

    private void requireKnown(String queue) {
        if (policies.find(queue).isEmpty()) {
            throw ProblemException.of(ProblemCode.UNKNOWN_QUEUE, "No queue has this name.");
        }
    }
}
