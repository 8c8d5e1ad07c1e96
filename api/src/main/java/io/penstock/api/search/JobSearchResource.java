package io.penstock.api.search;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Caller;
import io.penstock.api.security.HeedsScope;
import io.penstock.api.security.Role;
import io.penstock.common.queue.QueuePolicies;
import io.quarkus.security.identity.SecurityIdentity;
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
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Lists jobs, alive and ended, and counts them. */
@Path("/api/jobs")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Jobs", description = "Enqueue jobs and look at them")
public class JobSearchResource {

    private final JobSearch search;
    private final QueuePolicies policies;
    private final SecurityIdentity identity;

    @Inject
    JobSearchResource(JobSearch search, QueuePolicies policies, SecurityIdentity identity) {
        this.search = search;
        this.policies = policies;
        this.identity = identity;
    }

    @GET
    @HeedsScope
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "List jobs",
            description =
                    "Waiting and active jobs longest first, scheduled and retrying ones soonest first, dead and ended ones "
                            + "latest first; without a state those of all states, the live ones first. Filters are joined by "
                            + "'and'; payload.<path>=<value> compares a scalar in the payload. One request looks at about 5,000 "
                            + "live jobs and 2,000 rows of the history at most: where 'complete' is false, go on with nextCursor.")
    @Parameter(
            name = "state",
            in = ParameterIn.QUERY,
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {
                                "active",
                                "waiting",
                                "awaiting_children",
                                "retrying",
                                "scheduled",
                                "dead",
                                "completed",
                                "failed",
                                "cancelled",
                                "expired",
                                "deleted"
                            }))
    @Parameter(name = "id", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "type", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "queue", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "group", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "tag", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "fingerprint", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "error",
            in = ParameterIn.QUERY,
            description = "Part of the error, upper or lower case",
            schema = @Schema(type = SchemaType.STRING, minLength = 3, maxLength = 200))
    @Parameter(
            name = "text",
            in = ParameterIn.QUERY,
            description = "Part of the error or the payload, upper or lower case",
            schema = @Schema(type = SchemaType.STRING, minLength = 3, maxLength = 200))
    @Parameter(
            name = "from",
            in = ParameterIn.QUERY,
            description = "Of the time that the list is ordered by; of ended jobs at most 31 days before 'to'",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "to",
            in = ParameterIn.QUERY,
            description = "The first instant after it",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "payload",
            in = ParameterIn.QUERY,
            description = "true: rows hold their payload where it has at most 4,096 characters",
            schema = @Schema(type = SchemaType.BOOLEAN))
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "100", defaultValue = "50"))
    @Parameter(
            name = "cursor",
            in = ParameterIn.QUERY,
            description = "nextCursor of the page before, with the same filters",
            schema = @Schema(type = SchemaType.STRING))
    public Uni<JobsAnswer> list(@Context UriInfo uri) {
        QueryParameters parameters = JobQuestion.parameters(uri.getQueryParameters());
        JobQuestion question = JobQuestion.of(parameters, uri.getQueryParameters())
                .within(Caller.of(identity).scope());
        requireKnown(question.queue());
        int limit = parameters.limit(JobQuestion.MAX_LIMIT, JobQuestion.DEFAULT_LIMIT);
        return search.page(question, limit, JobCursor.read(parameters, question));
    }

    @GET
    @Path("/counts")
    @HeedsScope
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Count jobs by state",
            description = "Completed, cancelled and expired ones of the last day, up to 10,000.")
    @Parameter(name = "queue", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    public Uni<JobsAnswer.Counts> counts(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "queue");
        Optional<String> queue = parameters.text("queue");
        Caller.of(identity).scope().requireAllJobs(queue);
        requireKnown(queue);
        return search.counts(queue);
    }

    private void requireKnown(Optional<String> queue) {
        if (queue.isPresent() && policies.find(queue.get()).isEmpty()) {
            throw ProblemException.of(ProblemCode.UNKNOWN_QUEUE, "No queue has this name.");
        }
    }
}
