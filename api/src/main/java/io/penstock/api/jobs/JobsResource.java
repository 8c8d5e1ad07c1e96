package io.penstock.api.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import io.penstock.api.audit.Unaudited;
import io.penstock.api.history.JobHistory;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.IdempotencyHeader;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Caller;
import io.penstock.api.security.HeedsScope;
import io.penstock.api.security.JobInScope;
import io.penstock.api.security.Role;
import io.penstock.api.security.Scope;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.Family;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.PayloadCipher;
import io.penstock.common.queue.PayloadSecrets;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Takes jobs from callers and tells how they are. */
@Path("/api/jobs")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Jobs", description = "Enqueue jobs and look at them")
public class JobsResource {

    private static final String IDEMPOTENCY_KEY =
            "Makes the call safe to repeat: remembered for a day (penstock.idempotency.retention), the repetition adds "
                    + "nothing and answers with the first ids and added false, also when the jobs have ended. 1 to 255 "
                    + "visible ASCII characters. With another body: 422 idempotency-key-reused";

    private static final int MEMBERS_AT_ONCE = 5;
    private static final byte[] NOTHING = new byte[0];
    private static final JobRequest EMPTY = new JobRequest(null, null);

    private final JobEnqueuer enqueuer;
    private final JobQueue queue;
    private final JobTypes types;
    private final DecryptedView decryptedView;
    private final SecurityIdentity identity;
    private final JobHistory history;
    private final PayloadSecrets secrets;
    private final UsualBulk usualBulk;
    private final ObjectMapper mapper;
    private final int bulkLimit;
    private final InstantSource clock = InstantSource.system();

    @Inject
    JobsResource(
            JobEnqueuer enqueuer,
            JobQueue queue,
            JobTypes types,
            DecryptedView decryptedView,
            SecurityIdentity identity,
            JobHistory history,
            PayloadSecrets secrets,
            UsualBulk usualBulk,
            ObjectMapper mapper,
            @ConfigProperty(name = "penstock.bulk-limit", defaultValue = "1000") int bulkLimit) {
        this.enqueuer = enqueuer;
        this.queue = queue;
        this.types = types;
        this.decryptedView = decryptedView;
        this.identity = identity;
        this.history = history;
        this.secrets = secrets;
        this.usualBulk = usualBulk;
        this.mapper = mapper;
        this.bulkLimit = bulkLimit;
    }

    @POST
    @Path("/{type}")
    @HeedsScope
    @Unaudited
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Enqueue one job",
            description = "Accepted means stored. The payload must fit the job type, see /api/job-types.")
    public Uni<RestResponse<EnqueuedAnswer>> enqueue(
            @Parameter(description = "Name of the job type", example = "diagnostics.ping") @PathParam("type")
                    String type,
            @Parameter(description = IDEMPOTENCY_KEY) @HeaderParam(IdempotencyHeader.NAME) @Nullable
                    String idempotencyKey,
            @Nullable JobRequest body) {
        JobType<?> known = known(type);
        JobRequest request = body == null ? EMPTY : body;
        JobOptions options = scope().within(known.queue(), optionsOf(request));
        return enqueuer.enqueueJson(
                        known.name(),
                        payloadOf(request),
                        options,
                        IdempotencyHeader.keyOf(idempotencyKey, identity).orElse(null))
                .map(enqueued -> RestResponse.ResponseBuilder.<EnqueuedAnswer>create(RestResponse.Status.ACCEPTED)
                        .location(URI.create("/api/jobs/" + enqueued.jobId()))
                        .entity(EnqueuedAnswer.of(enqueued))
                        .build());
    }

    @POST
    @Path("/{type}/bulk")
    @HeedsScope
    @Unaudited
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Enqueue many jobs of one type",
            description = "Either all are accepted or none; the first job that cannot be accepted is named.")
    public Uni<RestResponse<EnqueuedAnswer.Bulk>> enqueueAll(
            @Parameter(description = "Name of the job type") @PathParam("type") String type,
            @Parameter(description = IDEMPOTENCY_KEY) @HeaderParam(IdempotencyHeader.NAME) @Nullable
                    String idempotencyKey,
            @RequestBody(content = @Content(schema = @Schema(implementation = BulkRequest.class)))
                    byte @Nullable [] body)
            throws IOException {
        byte[] text = body == null ? NOTHING : body;
        Optional<Uni<List<Enqueued>>> usual =
                types.find(type).flatMap(known -> enqueueUsual(known, idempotencyKey, text));
        return (usual.isPresent() ? usual.get() : enqueueChecked(type, idempotencyKey, text))
                .map(enqueued -> RestResponse.status(RestResponse.Status.ACCEPTED, EnqueuedAnswer.Bulk.of(enqueued)));
    }

    private <P> Optional<Uni<List<Enqueued>>> enqueueUsual(
            JobType<P> type, @Nullable String idempotencyKey, byte[] body) {
        return usualBulk
                .read(type, body, scope(), bulkLimit)
                .map(items -> enqueuer.enqueueAllRead(
                        type,
                        items,
                        IdempotencyHeader.keyOf(idempotencyKey, identity).orElse(null)));
    }

    /** Says what is wrong, where something is. */
    private Uni<List<Enqueued>> enqueueChecked(String type, @Nullable String idempotencyKey, byte[] body)
            throws IOException {
        BulkRequest request = body.length == 0 ? null : mapper.readValue(body, BulkRequest.class);
        JobType<?> known = known(type);
        return enqueuer.enqueueAllJson(
                known.name(),
                itemsOf(known, request),
                IdempotencyHeader.keyOf(idempotencyKey, identity).orElse(null));
    }

    @POST
    @Path("/family")
    @HeedsScope
    @Unaudited
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Enqueue a parent and the children it waits for",
            description = "All are accepted or none. The parent runs when its last child has ended.")
    public Uni<RestResponse<EnqueuedAnswer.Bulk>> enqueueFamily(
            @Parameter(description = IDEMPOTENCY_KEY) @HeaderParam(IdempotencyHeader.NAME) @Nullable
                    String idempotencyKey,
            @Nullable FamilyRequest body) {
        List<FamilyRequest.@Nullable Member> children =
                body == null || body.children() == null ? List.of() : body.children();
        if (body == null || children.isEmpty() || children.size() > bulkLimit) {
            throw ProblemException.at(
                    "children", ProblemCode.INVALID_REQUEST, "children: must hold 1 to " + bulkLimit + " jobs");
        }
        List<JobEnqueuer.Member> members = new ArrayList<>(children.size());
        for (int i = 0; i < children.size(); i++) {
            members.add(memberOf("children[" + i + "]", children.get(i)));
        }
        return enqueuer.enqueueFamilyJson(
                        memberOf("parent", body.parent()),
                        members,
                        onChildFailure(body),
                        IdempotencyHeader.keyOf(idempotencyKey, identity).orElse(null))
                .map(enqueued -> RestResponse.status(RestResponse.Status.ACCEPTED, EnqueuedAnswer.Bulk.of(enqueued)));
    }

    private JobEnqueuer.Member memberOf(String place, FamilyRequest.@Nullable Member member) {
        if (member == null || member.type() == null) {
            throw ProblemException.at(
                    place + ".type", ProblemCode.INVALID_REQUEST, place + ".type: must name a job type");
        }
        try {
            JobOptions options = member.options() == null
                    ? JobOptions.DEFAULT
                    : member.options().toJobOptions(clock);
            JsonNode payload = member.payload() == null ? NullNode.getInstance() : member.payload();
            return new JobEnqueuer.Member(
                    member.type(), payload, scope().within(known(member.type()).queue(), options));
        } catch (InvalidJobException e) {
            throw new InvalidJobException(place + "." + e.field(), e.reason());
        }
    }

    private static Family.OnChildFailure onChildFailure(FamilyRequest body) {
        String wanted = body.onChildFailure();
        if (wanted == null || wanted.equals("fail")) {
            return Family.OnChildFailure.FAIL;
        }
        if (wanted.equals("continue")) {
            return Family.OnChildFailure.CONTINUE;
        }
        throw new InvalidJobException("onChildFailure", "must be fail or continue");
    }

    @GET
    @Path("/{id}")
    @JobInScope
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at one job",
            description =
                    "Jobs that have ended can be found as long as their queue retains them, and after that for 31 days "
                            + "if the history keeps them. In place of an encrypted payload or result stands the word "
                            + "\"encrypted\".")
    @Parameter(
            name = "decrypt",
            in = ParameterIn.QUERY,
            description = "true shows what the queue holds encrypted (admin); who asked is written to the log")
    public Uni<JobAnswer> find(
            @Parameter(description = "Id of the job") @PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri.getQueryParameters(), "decrypt");
        boolean decrypt = decryptedView.isAskedFor(query, identity);
        return queue.find(id)
                .chain(found -> found.isPresent()
                        ? Uni.createFrom().item(found.map(job -> decrypt ? unsealed(job) : JobAnswer.of(job, secrets)))
                        : history.latest(id).map(row -> row.map(ended -> JobAnswer.of(ended, secrets))))
                .map(found -> found.orElseThrow(JobActionAnswer::noSuchJob))
                .map(answer -> scope().isUnlimited() ? answer : answer.withoutOthers());
    }

    @GET
    @Path("/{id}/family")
    @JobInScope
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at the jobs around one job",
            description =
                    "The job that waits for it, and the first 20 of those that it waits for, each with its state now; "
                            + "those beyond the key's reach are left out. Known as long as the queue keeps the job.")
    public Uni<FamilyAnswer> family(@Parameter(description = "Id of the job") @PathParam("id") String id) {
        Scope scope = scope();
        return queue.find(id).chain(found -> {
            JobView.Related related = found.map(JobView::related).orElse(JobView.Related.NONE);
            Uni<List<FamilyAnswer.Member>> parent =
                    members(related.parentId() == null ? List.of() : List.of(related.parentId()), scope);
            return Uni.combine()
                    .all()
                    .unis(parent, members(related.firstChildren(), scope))
                    .with((above, below) ->
                            new FamilyAnswer(id, above.isEmpty() ? null : above.get(0), related.children(), below));
        });
    }

    private Uni<List<FamilyAnswer.Member>> members(List<String> ids, Scope scope) {
        return Multi.createFrom()
                .iterable(ids)
                .onItem()
                .transformToUni(id -> queue.find(id)
                        .map(found -> found.isEmpty() && scope.isUnlimited()
                                ? Optional.of(FamilyAnswer.Member.gone(id))
                                : found.filter(job -> scope.allows(
                                                job.queue(),
                                                job.labels().tenant().orElse(null)))
                                        .map(FamilyAnswer.Member::of)))
                .merge(MEMBERS_AT_ONCE)
                .filter(Optional::isPresent)
                .map(Optional::get)
                .collect()
                .asList()
                .map(all -> all.stream()
                        .sorted(Comparator.comparingInt(member -> ids.indexOf(member.id())))
                        .toList());
    }

    private JobAnswer unsealed(JobView job) {
        return JobAnswer.of(
                job,
                secrets.masked(job.type(), open(job, PayloadCipher.Part.PAYLOAD, job.payload())),
                open(job, PayloadCipher.Part.RESULT, job.result()));
    }

    private @Nullable String open(JobView job, PayloadCipher.Part part, @Nullable String text) {
        return text == null || !PayloadCipher.isEncrypted(text)
                ? text
                : decryptedView.open(job.id(), job.type(), part, text, identity);
    }

    private Scope scope() {
        return Caller.of(identity).scope();
    }

    private JobType<?> known(String type) {
        return types.named(type);
    }

    private List<JobEnqueuer.Item<JsonNode>> itemsOf(JobType<?> type, @Nullable BulkRequest body) {
        List<@Nullable JobRequest> jobs = body == null || body.jobs() == null ? List.of() : body.jobs();
        if (jobs.isEmpty() || jobs.size() > bulkLimit) {
            throw ProblemException.at(
                    "jobs", ProblemCode.INVALID_REQUEST, "jobs: must hold 1 to " + bulkLimit + " jobs");
        }
        List<JobEnqueuer.Item<JsonNode>> items = new ArrayList<>(jobs.size());
        for (int i = 0; i < jobs.size(); i++) {
            items.add(itemOf(type, i, jobs.get(i)));
        }
        return items;
    }

    private JobEnqueuer.Item<JsonNode> itemOf(JobType<?> type, int index, @Nullable JobRequest job) {
        String place = "jobs[" + index + "]";
        if (job == null) {
            throw ProblemException.at(place, ProblemCode.INVALID_REQUEST, place + ": must be an object");
        }
        try {
            return new JobEnqueuer.Item<>(payloadOf(job), scope().within(type.queue(), optionsOf(job)));
        } catch (InvalidJobException e) {
            throw new InvalidJobException(place + "." + e.field(), e.reason());
        }
    }

    private static JsonNode payloadOf(JobRequest request) {
        return request.payload() == null ? NullNode.getInstance() : request.payload();
    }

    private JobOptions optionsOf(JobRequest request) {
        return request.options() == null
                ? JobOptions.DEFAULT
                : request.options().toJobOptions(clock);
    }
}
