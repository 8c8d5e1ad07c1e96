package io.penstock.api.queues;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.security.Caller;
import io.penstock.api.security.Role;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.QueuePolicies;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Empties queues. What is to go has to be named. */
@Path("/api/queues")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Queues", description = "Queues at a glance, pause and resume")
public class QueueAdminResource {

    private static final Logger LOG = Logger.getLogger(QueueAdminResource.class);

    private static final String WAITING = "waiting";
    private static final String WAITING_AND_DELAYED = "waiting-and-delayed";

    private final JobAdmin jobAdmin;
    private final QueuePolicies policies;
    private final SecurityIdentity identity;

    /** What one call cleared away. */
    @RegisterForReflection
    @Schema(name = "Cleared")
    public record ClearedAnswer(
            String queue,
            @Schema(description = "How many jobs or records are gone") long jobs,
            @Schema(description = "True: one call takes no more at a time; call again for the rest") boolean more) {}

    @Inject
    QueueAdminResource(JobAdmin jobAdmin, QueuePolicies policies, SecurityIdentity identity) {
        this.jobAdmin = jobAdmin;
        this.policies = policies;
        this.identity = identity;
    }

    @POST
    @Path("/{queue}/drain")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Drop the jobs that wait in a queue",
            description =
                    "They count as cancelled, without a record each. Running and dead jobs stay, and so do jobs that "
                            + "come in meanwhile. At most 20,000 in one call.")
    public Uni<ClearedAnswer> drain(
            @Parameter(description = "Name of the queue") @PathParam("queue") String name,
            @Nullable DrainRequest body) {
        String jobs = body == null || body.jobs() == null ? "" : body.jobs();
        if (!WAITING.equals(jobs) && !WAITING_AND_DELAYED.equals(jobs)) {
            throw invalid("must be " + WAITING + " or " + WAITING_AND_DELAYED);
        }
        return answer(name, "drained", jobs, jobAdmin.drain(known(name), jobs.equals(WAITING_AND_DELAYED)));
    }

    @POST
    @Path("/{queue}/purge")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.ADMINISTER)
    @Operation(
            summary = "Forget jobs of a queue for good",
            description = "Running jobs stay. At most 20,000 jobs of a kind in one call.")
    public Uni<ClearedAnswer> purge(
            @Parameter(description = "Name of the queue") @PathParam("queue") String name,
            @Nullable PurgeRequest body) {
        String jobs = body == null || body.jobs() == null ? "" : body.jobs();
        for (JobAdmin.Purge what : JobAdmin.Purge.values()) {
            if (what.name().toLowerCase(Locale.ROOT).equals(jobs)) {
                return answer(name, "purged", jobs, jobAdmin.purge(known(name), what));
            }
        }
        throw invalid("must be dead, records or all");
    }

    private Uni<ClearedAnswer> answer(String name, String what, String jobs, Uni<JobAdmin.Cleared> clearing) {
        return clearing.invoke(cleared -> LOG.infof(
                        "queue %s was %s (%s) by %s: %d are gone",
                        name, what, jobs, Caller.of(identity).id(), cleared.jobs()))
                .map(cleared -> new ClearedAnswer(name, cleared.jobs(), cleared.more()));
    }

    private String known(String name) {
        return policies.find(name)
                .orElseThrow(() -> ProblemException.of(ProblemCode.UNKNOWN_QUEUE, "No queue has this name."))
                .queue();
    }

    private static ProblemException invalid(String reason) {
        return ProblemException.at("jobs", ProblemCode.INVALID_REQUEST, "jobs: " + reason);
    }
}
