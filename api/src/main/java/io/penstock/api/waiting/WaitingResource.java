package io.penstock.api.waiting;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.security.Caller;
import io.penstock.api.security.JobInScope;
import io.penstock.api.security.Role;
import io.penstock.common.flow.GuardBoard;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.WaitingJobs;
import io.penstock.common.queue.WaitingJobs.Where;
import io.penstock.common.workers.WorkerBoard;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Tells why a job waits. */
@Path("/api/jobs/{id}/waiting")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Jobs", description = "Enqueue jobs and look at them")
public class WaitingResource {

    private final JobQueue queue;
    private final WaitingJobs waiting;
    private final QueuePolicies policies;
    private final WorkerBoard workers;
    private final GuardBoard guards;
    private final SecurityIdentity identity;

    @Inject
    WaitingResource(
            JobQueue queue,
            WaitingJobs waiting,
            QueuePolicies policies,
            WorkerBoard workers,
            GuardBoard guards,
            SecurityIdentity identity) {
        this.queue = queue;
        this.waiting = waiting;
        this.policies = policies;
        this.workers = workers;
        this.guards = guards;
        this.identity = identity;
    }

    @GET
    @JobInScope
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Ask why a job waits",
            description =
                    "All that stands between it and its start: what is closed holds it back. Of a job that runs or "
                            + "has ended: waits false.")
    public Uni<WaitingAnswer> find(@Parameter(description = "Id of the job") @PathParam("id") String id) {
        return queue.find(id)
                .map(found -> found.orElseThrow(() -> ProblemException.of(
                        ProblemCode.JOB_NOT_FOUND,
                        "No job has this id, or it has ended and its record is no longer kept.")))
                .chain(this::reasons)
                .map(answer -> Caller.of(identity).scope().isUnlimited() ? answer : answer.withoutOthers());
    }

    private Uni<WaitingAnswer> reasons(JobView job) {
        if (job.state().hasEnded()) {
            return Uni.createFrom().item(WaitingReasons.none(job));
        }
        return Uni.combine()
                .all()
                .unis(
                        waiting.reasons(job),
                        workers.all(),
                        guards.all().onFailure().recoverWithItem(List.of()))
                .with((reasons, alive, reports) -> reasons.filter(found -> found.where() != Where.NOWHERE)
                        .map(found -> WaitingReasons.of(job, policies.named(job.queue()), found, alive, reports))
                        .orElseGet(() -> WaitingReasons.none(job)));
    }
}
