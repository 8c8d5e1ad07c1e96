package io.penstock.api.queues;

import io.penstock.api.audit.AuditTrail;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.security.Caller;
import io.penstock.api.security.HeedsScope;
import io.penstock.api.security.Role;
import io.penstock.api.security.Scope;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueueStatus;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;

/** Queues at a glance; pause and resume. */
@Path("/api/queues")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Queues", description = "Queues at a glance, pause and resume")
public class QueuesResource {

    private static final Logger LOG = Logger.getLogger(QueuesResource.class);

    private final JobQueue queue;
    private final QueueOverview overview;
    private final QueueInsight insight;
    private final QueuePolicies policies;
    private final SecurityIdentity identity;
    private final AuditTrail trail;

    /** All queues. */
    @RegisterForReflection
    @Schema(name = "Queues")
    public record QueueList(List<QueueStatus> queues) {}

    @Inject
    QueuesResource(
            JobQueue queue,
            QueueOverview overview,
            QueueInsight insight,
            QueuePolicies policies,
            SecurityIdentity identity,
            AuditTrail trail) {
        this.queue = queue;
        this.overview = overview;
        this.insight = insight;
        this.policies = policies;
        this.identity = identity;
        this.trail = trail;
    }

    @GET
    @HeedsScope
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at all queues", description = "In the order of their names.")
    public Uni<QueueList> list() {
        Scope scope = Caller.of(identity).scope();
        if (scope.tenant().isPresent()) {
            throw Scope.outOfScope("Your key reaches the jobs of one tenant; this is about all jobs of the queues.");
        }
        return overview.all(scope::allowsQueue).map(QueueList::new);
    }

    @GET
    @Path("/{queue}")
    @HeedsScope
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at one queue",
            description = "With what it did in the last hour, and the jobs that have run for long.")
    public Uni<QueueDetails> find(@Parameter(description = "Name of the queue") @PathParam("queue") String name) {
        return insight.of(known(name));
    }

    @POST
    @Path("/{queue}/pause")
    @HeedsScope
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Pause a queue",
            description = "No job of it starts any more; running ones end, new ones are accepted and kept. "
                    + "Pausing twice is the same as once. The answer is the queue afterwards.")
    public Uni<QueueStatus> pause(@Parameter(description = "Name of the queue") @PathParam("queue") String name) {
        return noteBefore(name)
                .chain(() -> queue.pause(name))
                .invoke(() -> LOG.infof(
                        "queue %s was paused by %s", name, Caller.of(identity).id()))
                .chain(() -> queue.status(name));
    }

    @POST
    @Path("/{queue}/resume")
    @HeedsScope
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Resume a paused queue", description = "The answer is the queue afterwards.")
    public Uni<QueueStatus> resume(@Parameter(description = "Name of the queue") @PathParam("queue") String name) {
        return noteBefore(name)
                .chain(() -> queue.resume(name))
                .invoke(() -> LOG.infof(
                        "queue %s was resumed by %s", name, Caller.of(identity).id()))
                .chain(() -> queue.status(name));
    }

    private Uni<Void> noteBefore(String name) {
        return queue.status(known(name)).invoke(trail::before).replaceWithVoid();
    }

    private String known(String name) {
        Caller.of(identity).scope().requireQueue(name);
        return policies.find(name)
                .orElseThrow(() -> ProblemException.of(ProblemCode.UNKNOWN_QUEUE, "No queue has this name."))
                .queue();
    }
}
