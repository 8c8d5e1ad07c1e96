package io.penstock.api.workers;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Caller;
import io.penstock.api.security.Role;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.workers.LiveWorker;
import io.penstock.common.workers.WorkerBoard;
import io.penstock.common.workers.WorkerOrder;
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
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;

/** Shows the worker processes and tells them what to do. */
@Path("/api/workers")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Workers", description = "Processes that work off the queues")
public class WorkersResource {

    private static final Logger LOG = Logger.getLogger(WorkersResource.class);

    private static final int MAX_ID = 200;

    private final WorkerBoard board;
    private final QueuePolicies policies;
    private final SecurityIdentity identity;

    @Inject
    WorkersResource(WorkerBoard board, QueuePolicies policies, SecurityIdentity identity) {
        this.board = board;
        this.policies = policies;
        this.identity = identity;
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at all workers",
            description = "As of their latest heartbeats, which come every two seconds or so.")
    public Uni<WorkerAnswer.All> list(@Context UriInfo uri) {
        QueryParameters.of(uri.getQueryParameters());
        return told(board.all())
                .map(workers -> WorkerAnswer.all(
                        workers, policies.all().stream().map(QueuePolicy::queue).toList(), nowOf(workers)));
    }

    @GET
    @Path("/{id}")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at one worker")
    public Uni<WorkerAnswer> find(@Parameter(description = "Id of the worker") @PathParam("id") String id) {
        return known(id).map(worker -> WorkerAnswer.of(worker, nowOf(worker)));
    }

    @POST
    @Path("/{id}/quiet")
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Let a worker claim nothing more",
            description =
                    "What it runs goes on. It hears of it within two seconds or so. The answer is the worker with "
                            + "the order, until it has taken it up.")
    public Uni<RestResponse<WorkerAnswer>> quiet(
            @Parameter(description = "Id of the worker") @PathParam("id") String id) {
        return order(id, WorkerOrder.QUIET);
    }

    @POST
    @Path("/{id}/resume")
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Let a quiet worker claim again")
    public Uni<RestResponse<WorkerAnswer>> resume(
            @Parameter(description = "Id of the worker") @PathParam("id") String id) {
        return order(id, WorkerOrder.RESUME);
    }

    @POST
    @Path("/{id}/stop")
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Stop a worker",
            description =
                    "As SIGTERM does: it claims nothing more, lets jobs end within its grace period, hands the rest "
                            + "back and exits. Whether another process starts in its place is up to what supervises it.")
    public Uni<RestResponse<WorkerAnswer>> stop(
            @Parameter(description = "Id of the worker") @PathParam("id") String id) {
        return order(id, WorkerOrder.STOP);
    }

    private Uni<RestResponse<WorkerAnswer>> order(String id, WorkerOrder order) {
        return known(id)
                .chain(worker -> told(board.order(id, order)))
                .chain(heard -> {
                    if (!heard) {
                        throw ProblemException.of(
                                ProblemCode.WORKER_LOST,
                                "The worker has said nothing for 10 s: it cannot be told anything.");
                    }
                    LOG.infof(
                            "worker %s: %s, says %s",
                            id, order.text(), Caller.of(identity).id());
                    return find(id);
                })
                .map(worker -> RestResponse.status(RestResponse.Status.ACCEPTED, worker));
    }

    private Uni<LiveWorker> known(String id) {
        if (id.isBlank() || id.length() > MAX_ID) {
            throw noSuchWorker();
        }
        return told(board.find(id)).map(found -> found.orElseThrow(WorkersResource::noSuchWorker));
    }

    private static <T> Uni<T> told(Uni<T> answer) {
        return answer.onFailure(failure -> !(failure instanceof ProblemException))
                .transform(failure -> new QueueUnavailableException(
                        "Redis cannot tell of the workers: " + failure.getMessage(),
                        QueueUnavailableException.Effect.UNKNOWN,
                        failure));
    }

    private static ProblemException noSuchWorker() {
        return ProblemException.of(
                ProblemCode.NOT_FOUND, "No worker has this id, or it was last heard of more than an hour ago.");
    }

    private static Instant nowOf(LiveWorker worker) {
        return worker.seenAt().plus(worker.silence());
    }

    private static Instant nowOf(List<LiveWorker> workers) {
        return workers.isEmpty() ? Instant.now() : nowOf(workers.get(0));
    }
}
