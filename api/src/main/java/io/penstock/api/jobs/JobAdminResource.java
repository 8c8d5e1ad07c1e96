package io.penstock.api.jobs;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.security.Caller;
import io.penstock.api.security.JobInScope;
import io.penstock.api.security.Role;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobActionResult;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobEditor;
import io.penstock.common.queue.JobOptionsJson;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.PayloadSecrets;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.InstantSource;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/**
 * Acts on accepted jobs one by one. Each step looks at the job's state as it acts: a job that is gone is 404, one that has
 * moved on is 409 with the state it is in, and nothing was changed then.
 */
@Path("/api/jobs")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Steering", description = "Cancel, delete, retry, run and edit jobs that were accepted")
public class JobAdminResource {

    private static final Logger LOG = Logger.getLogger(JobAdminResource.class);

    private final JobAdmin jobAdmin;
    private final JobEditor editor;
    private final JobQueue queue;
    private final SecurityIdentity identity;
    private final PayloadSecrets secrets;
    private final InstantSource clock = InstantSource.system();

    @Inject
    JobAdminResource(
            JobAdmin jobAdmin, JobEditor editor, JobQueue queue, SecurityIdentity identity, PayloadSecrets secrets) {
        this.jobAdmin = jobAdmin;
        this.editor = editor;
        this.queue = queue;
        this.identity = identity;
        this.secrets = secrets;
    }

    @POST
    @Path("/{id}/cancel")
    @JobInScope
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Cancel a job",
            description =
                    "200: it had not started and is cancelled. 202: it runs and was asked to stop; look at its "
                            + "cancellation to see whether it obeyed. One that does not stop within the queue's grace is cut off.")
    public Uni<RestResponse<JobActionAnswer>> cancel(
            @Parameter(description = "Id of the job") @PathParam("id") String id) {
        return acted(id, "cancelled", jobAdmin.cancel(id, "cancelled by " + caller().name()))
                .map(state -> RestResponse.status(
                        state == JobState.ACTIVE ? RestResponse.Status.ACCEPTED : RestResponse.Status.OK,
                        JobActionAnswer.of(id, state)));
    }

    @DELETE
    @Path("/{id}")
    @JobInScope
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Delete a job that does not run", description = "Without a trace.")
    public Uni<RestResponse<Void>> delete(@Parameter(description = "Id of the job") @PathParam("id") String id) {
        return acted(id, "deleted", jobAdmin.delete(id)).map(state -> RestResponse.noContent());
    }

    @POST
    @Path("/{id}/retry")
    @JobInScope
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Bring a dead job back",
            description = "It lines up with all its attempts, unless it is to keep count of those it has used. "
                    + "Refused while another job holds its uniqueness key. A parent waits for its children that have not "
                    + "completed and brings the dead ones back, unless it is to ignore them; it is refused where one "
                    + "that it needs is gone.")
    public Uni<JobActionAnswer> retry(
            @Parameter(description = "Id of the job") @PathParam("id") String id, @Nullable RetryRequest body) {
        boolean keep = body != null && Boolean.TRUE.equals(body.keepAttempts());
        JobAdmin.Children children = RetryRequest.childrenOf(body == null ? null : body.children());
        return acted(id, "retried", jobAdmin.retry(id, !keep, children)).map(state -> JobActionAnswer.of(id, state));
    }

    @POST
    @Path("/{id}/run-now")
    @JobInScope
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Run a job now",
            description =
                    "One that waits for its time, for its retry or behind its group becomes ready, past the limits "
                            + "of that group.")
    public Uni<JobActionAnswer> runNow(@Parameter(description = "Id of the job") @PathParam("id") String id) {
        return acted(id, "made ready", jobAdmin.runNow(id)).map(state -> JobActionAnswer.of(id, JobState.WAITING));
    }

    @PUT
    @Path("/{id}")
    @JobInScope
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Edit a job that does not run",
            description = "Only if it is still of the version you saw. The payload is checked as in an enqueue. "
                    + "A delay or a start time gives the job another time. The answer is the job afterwards.")
    public Uni<JobAnswer> edit(
            @Parameter(description = "Id of the job") @PathParam("id") String id, @Nullable EditRequest body) {
        EditRequest wanted = checked(body);
        Optional<JobOptions> options = Optional.ofNullable(wanted.options())
                .map(given -> caller().scope().owned(given.toJobOptions(clock)));
        Uni<JobActionResult> edit = editor.editJson(
                        id,
                        String.valueOf(wanted.version()),
                        Optional.ofNullable(wanted.payload()),
                        options,
                        Boolean.TRUE.equals(wanted.requeue()),
                        RetryRequest.childrenOf(wanted.children()))
                .onFailure(InvalidJobException.class)
                .transform(JobAdminResource::asWritten);
        return acted(id, "edited", edit)
                .chain(() -> queue.find(id))
                .map(found -> found.map(job -> JobAnswer.of(job, secrets)).orElseThrow(JobActionAnswer::noSuchJob));
    }

    private static EditRequest checked(@Nullable EditRequest body) {
        if (body == null || body.version() == null || body.version().isBlank()) {
            throw ProblemException.at("version", ProblemCode.INVALID_REQUEST, "version: is missing");
        }
        boolean requeue = Boolean.TRUE.equals(body.requeue());
        if (body.payload() == null && body.options() == null && !requeue) {
            throw ProblemException.at(
                    "payload", ProblemCode.INVALID_REQUEST, "payload: give a payload, options or requeue");
        }
        JobOptionsJson options = body.options();
        if (requeue && options != null && (options.delayMs() != null || options.runAt() != null)) {
            throw ProblemException.at(
                    "requeue", ProblemCode.INVALID_REQUEST, "requeue: must not be given together with a start time");
        }
        if (body.children() != null && !requeue) {
            throw ProblemException.at(
                    "children", ProblemCode.INVALID_REQUEST, "children: has a meaning together with requeue only");
        }
        return body;
    }

    /** What was found when the options met the job names the option alone. */
    private static Throwable asWritten(Throwable failure) {
        return JobOptionsJson.inCallersNames((InvalidJobException) failure);
    }

    private Uni<JobState> acted(String id, String what, Uni<JobActionResult> wish) {
        return wish.map(JobActionAnswer::stateAfter)
                .invoke(state -> LOG.infof(
                        "job %s: %s by %s", id, state == JobState.ACTIVE ? "asked to stop" : what, caller().id()));
    }

    private Caller caller() {
        return Caller.of(identity);
    }
}
