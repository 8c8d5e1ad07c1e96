package io.penstock.api.tasks;

import io.penstock.api.audit.AuditTrail;
import io.penstock.api.audit.Unaudited;
import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.TaskFailure;
import io.penstock.api.request.IdempotencyHeader;
import io.penstock.api.request.ListPage;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Caller;
import io.penstock.api.security.Role;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.UnknownJobTypeException;
import io.penstock.common.queue.PayloadSecrets;
import io.penstock.common.queue.PayloadTooLargeException;
import io.penstock.common.schedule.InvalidScheduleException;
import io.penstock.common.schedule.ScheduleChanges;
import io.penstock.common.schedule.ScheduleChanges.ManualRun;
import io.penstock.common.schedule.ScheduledJobs;
import io.penstock.common.schedule.ScheduledTask;
import io.penstock.common.schedule.ScheduledTaskStore;
import io.penstock.common.schedule.TaskConflictException;
import io.penstock.common.schedule.TaskDefinition;
import io.penstock.common.schedule.TaskExecutionStore;
import io.penstock.common.schedule.UnknownTaskException;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/**
 * Schedules over HTTP. A change is a change of the table; every scheduler acts on it with its next tick, within two
 * seconds. Answers have the envelope of this resource, refusals too, whatever is refused: a schedule, the JSON, the media
 * type, the key.
 */
@Path("/api/tasks")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Tasks", description = "Schedules and their runs")
@NeedsDatabase
public class TasksResource {

    private static final int MOST_TASKS = 500;
    private static final int DEFAULT_TASKS = 100;
    private static final int MOST_EXECUTIONS = 200;
    private static final int DEFAULT_EXECUTIONS = 50;
    private static final Logger LOG = Logger.getLogger(TasksResource.class);

    private final ScheduledTaskStore tasks;
    private final TaskExecutionStore executions;
    private final ScheduleChanges changes;
    private final ScheduledJobs jobs;
    private final SecurityIdentity identity;
    private final AuditTrail trail;
    private final PayloadSecrets secrets;
    private final InstantSource clock = InstantSource.system();

    @Inject
    TasksResource(
            ScheduledTaskStore tasks,
            TaskExecutionStore executions,
            ScheduleChanges changes,
            ScheduledJobs jobs,
            SecurityIdentity identity,
            AuditTrail trail,
            PayloadSecrets secrets) {
        this.tasks = tasks;
        this.executions = executions;
        this.changes = changes;
        this.jobs = jobs;
        this.identity = identity;
        this.trail = trail;
        this.secrets = secrets;
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at all schedules", description = "In the order of their ids, a page at a time.")
    @Parameter(
            name = "after",
            in = ParameterIn.QUERY,
            description = "Only those behind this id",
            schema = @Schema(implementation = String.class))
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            description = "1 to 500; default 100",
            schema = @Schema(implementation = Integer.class))
    public Uni<TaskSuccess<List<TaskAnswer>>> list(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "after", "limit");
        int limit = parameters.number("limit", 1, MOST_TASKS, DEFAULT_TASKS);
        String after = parameters.text("after").map(TaskDefinition::checkId).orElse("");
        return tasks.list(after, limit)
                .map(found -> TaskSuccess.of(found.stream().map(this::seenNow).toList()));
    }

    @GET
    @Path("/{id}")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at one schedule")
    public Uni<TaskSuccess<TaskAnswer>> find(@PathParam("id") String id) {
        return answer(tasks.required(known(id)));
    }

    @GET
    @Path("/{id}/executions")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at the runs of a schedule", description = "Latest first. They are kept for 30 days.")
    @Parameter(
            name = "before",
            in = ParameterIn.QUERY,
            description = "Only runs due before this time",
            schema = @Schema(implementation = String.class))
    @Parameter(ref = ListPage.LIMIT)
    public Uni<TaskSuccess<List<ExecutionAnswer>>> executions(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "before", "limit");
        int limit = parameters.number("limit", 1, MOST_EXECUTIONS, DEFAULT_EXECUTIONS);
        Instant before = parameters
                .text("before")
                .map(text -> PreviewAnswer.time("before", text))
                .orElse(PreviewAnswer.LATEST);
        return tasks.required(known(id))
                .chain(() -> executions.ofTask(id, before, limit))
                .map(found ->
                        TaskSuccess.of(found.stream().map(ExecutionAnswer::of).toList()));
    }

    @POST
    @Path("/preview")
    @Unaudited
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Try an expression", description = "When it is due and what it says. Nothing is stored.")
    public TaskSuccess<PreviewAnswer> preview(@Nullable PreviewRequest request) {
        return TaskSuccess.of(PreviewAnswer.of(given(request), clock));
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.ADMINISTER)
    @Operation(summary = "Define a schedule")
    public Uni<RestResponse<TaskSuccess<TaskAnswer>>> create(@Nullable TaskRequest request) {
        TaskRequest wanted = given(request);
        String id = TaskDefinition.checkId(TaskRequest.required("id", wanted.id()));
        TaskDefinition definition = definition(wanted);
        boolean active = wanted.isActive() == null || wanted.isActive();
        return answer(changes.create(id, definition, active).invoke(() -> log(id, "created")))
                .map(body -> RestResponse.ResponseBuilder.create(RestResponse.Status.CREATED, body)
                        .location(URI.create("/api/tasks/" + id))
                        .build());
    }

    @PUT
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.ADMINISTER)
    @Operation(
            summary = "Replace the definition of a schedule",
            description =
                    "Absent fields take their defaults. A schedule of the code becomes an override, which can be reset.")
    public Uni<TaskSuccess<TaskAnswer>> edit(@PathParam("id") String id, @Nullable TaskRequest request) {
        TaskRequest wanted = given(request);
        if (wanted.id() != null && !wanted.id().equals(id)) {
            throw new InvalidScheduleException("id", 0, "cannot be changed");
        }
        if (wanted.isActive() != null) {
            throw new InvalidScheduleException("isActive", 0, "is changed by PUT /api/tasks/{id}/toggle");
        }
        return answer(tasks.find(known(id))
                .map(found -> {
                    found.ifPresent(task -> trail.before(seenNow(task)));
                    return found.map(task -> definition(wanted, task)).orElseGet(() -> definition(wanted));
                })
                .chain(definition -> changes.edit(id, definition, wanted.version()))
                .invoke(() -> log(id, "changed")));
    }

    @PUT
    @Path("/{id}/toggle")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.ADMINISTER)
    @Operation(
            summary = "Switch a schedule on or off",
            description = "Instants that pass while it is off are not made up for.")
    public Uni<TaskSuccess<TaskAnswer>> toggle(@PathParam("id") String id, @Nullable ToggleRequest request) {
        Boolean active = given(request).isActive();
        if (active == null) {
            throw new InvalidScheduleException("isActive", 0, "is missing");
        }
        return answer(noteBefore(id)
                .chain(() -> changes.toggle(id, active))
                .invoke(() -> log(id, active ? "switched on" : "switched off")));
    }

    @POST
    @Path("/{id}/execute")
    @RolesAllowed(Role.ADMINISTER)
    @Operation(summary = "Run a schedule now", description = "Whether it is on or off. Its next run stays as it is.")
    public Uni<RestResponse<TaskSuccess<ManualRun>>> execute(
            @PathParam("id") String id,
            @Parameter(
                            description =
                                    "Makes the call safe to repeat: while the run is in the log the repetition starts"
                                            + " nothing and answers with the same run and added false. 1 to 255 visible"
                                            + " ASCII characters. For another schedule: 422")
                    @HeaderParam(IdempotencyHeader.NAME)
                    @Nullable
                    String idempotencyKey) {
        return changes.runNow(known(id), IdempotencyHeader.keyOf(idempotencyKey, identity))
                .invoke(() -> log(id, "run now"))
                .map(run -> RestResponse.status(RestResponse.Status.ACCEPTED, TaskSuccess.of(run)));
    }

    @POST
    @Path("/{id}/reset")
    @RolesAllowed(Role.ADMINISTER)
    @Operation(
            summary = "Go back to what the code declares",
            description = "Takes back changes, a switch-off and a deletion.")
    public Uni<TaskSuccess<TaskAnswer>> reset(@PathParam("id") String id) {
        return answer(changes.reset(known(id)).invoke(() -> log(id, "reset")));
    }

    @DELETE
    @Path("/{id}")
    @RolesAllowed(Role.ADMINISTER)
    @Operation(
            summary = "Delete a schedule",
            description =
                    "Its runs stay in the log. One that ships with the code stays deleted through releases, until POST"
                            + " /api/tasks/{id}/reset brings it back; the answer says so.")
    public Uni<TaskSuccess<Void>> delete(@PathParam("id") String id) {
        return noteBefore(id)
                .chain(() -> changes.delete(id))
                .invoke(() -> log(id, "deleted"))
                .map(canComeBack -> TaskSuccess.saying("schedule '" + id + "' is deleted"
                        + (canComeBack ? "; POST /api/tasks/" + id + "/reset brings it back" : "")));
    }

    @ServerExceptionMapper
    public RestResponse<TaskFailure> invalid(InvalidScheduleException e) {
        return failed(
                RestResponse.Status.BAD_REQUEST,
                TaskFailure.at(e.field(), e.position(), String.valueOf(e.getMessage())));
    }

    @ServerExceptionMapper
    public RestResponse<TaskFailure> invalid(InvalidJobException e) {
        return failed(RestResponse.Status.BAD_REQUEST, TaskFailure.at(e.field(), 0, String.valueOf(e.getMessage())));
    }

    @ServerExceptionMapper
    public RestResponse<TaskFailure> invalid(UnknownJobTypeException e) {
        return failed(RestResponse.Status.BAD_REQUEST, TaskFailure.at("jobType", 0, String.valueOf(e.getMessage())));
    }

    @ServerExceptionMapper
    public RestResponse<TaskFailure> invalid(PayloadTooLargeException e) {
        return RestResponse.ResponseBuilder.<TaskFailure>create(413)
                .entity(TaskFailure.at("payload", 0, String.valueOf(e.getMessage())))
                .build();
    }

    @ServerExceptionMapper
    public RestResponse<TaskFailure> unknown(UnknownTaskException e) {
        return failed(RestResponse.Status.NOT_FOUND, TaskFailure.of(e.getMessage()));
    }

    @ServerExceptionMapper
    public RestResponse<TaskFailure> conflict(TaskConflictException e) {
        return failed(RestResponse.Status.CONFLICT, TaskFailure.of(e.getMessage()));
    }

    private static RestResponse<TaskFailure> failed(RestResponse.Status status, TaskFailure failure) {
        return RestResponse.status(status, failure);
    }

    private static String known(String id) {
        if (!TaskDefinition.isId(id)) {
            throw new UnknownTaskException(id.length() > TaskDefinition.MAX_ID ? "…" : id);
        }
        return id;
    }

    private TaskDefinition definition(TaskRequest request) {
        TaskDefinition definition = request.definition();
        jobs.check(definition);
        return definition;
    }

    private static <T> T given(@Nullable T body) {
        if (body == null) {
            throw new InvalidScheduleException("body", 0, "is missing");
        }
        return body;
    }

    /** Secrets that were shown masked stay as they are stored. */
    private TaskDefinition definition(TaskRequest request, ScheduledTask stored) {
        TaskDefinition wanted = request.definition();
        TaskDefinition before = stored.definition();
        TaskDefinition definition = wanted.jobType().equals(before.jobType())
                ? wanted.withPayload(secrets.restored(wanted.jobType(), wanted.payload(), before.payload()))
                : wanted;
        jobs.check(definition);
        return definition;
    }

    private Uni<Void> noteBefore(String id) {
        return tasks.find(known(id))
                .invoke(found -> found.ifPresent(task -> trail.before(seenNow(task))))
                .replaceWithVoid();
    }

    private TaskAnswer seenNow(ScheduledTask task) {
        return TaskAnswer.of(task, clock.instant(), secrets);
    }

    private Uni<TaskSuccess<TaskAnswer>> answer(Uni<ScheduledTask> task) {
        return task.map(this::seenNow).map(TaskSuccess::of);
    }

    private void log(String id, String what) {
        LOG.infof("schedule %s: %s by %s", id, what, Caller.of(identity).id());
    }
}
