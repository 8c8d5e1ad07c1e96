package io.penstock.api.batches;

import io.penstock.api.audit.Unaudited;
import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.IdempotencyHeader;
import io.penstock.api.request.ListPage;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.BatchInScope;
import io.penstock.api.security.Caller;
import io.penstock.api.security.HeedsScope;
import io.penstock.api.security.Role;
import io.penstock.api.security.Scope;
import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchSpec;
import io.penstock.common.batch.BatchStateException;
import io.penstock.common.batch.BatchStatus;
import io.penstock.common.batch.BatchStore;
import io.penstock.common.batch.BatchTypes;
import io.penstock.common.batch.Batches;
import io.penstock.common.batch.InvalidBatchException;
import io.penstock.common.batch.ItemStatus;
import io.penstock.common.batch.NoSuchBatchException;
import io.penstock.common.page.PageCursor;
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
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestStreamElementType;
import org.jspecify.annotations.Nullable;

/** Makes, watches and steers batches. */
@Path("/api/batches")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Batches", description = "Many items, seen, steered and finished as one")
@NeedsDatabase
public class BatchesResource {

    private static final Logger LOG = Logger.getLogger(BatchesResource.class);

    private static final int DEFAULT = 50;
    private static final int MOST_CHUNKS = 1_000;
    private static final String NDJSON = "application/x-ndjson";
    private static final String CSV = "text/csv";

    private final Batches batches;
    private final BatchStore store;
    private final BatchTypes types;
    private final BatchEvents events;
    private final ItemLines lines;
    private final SecurityIdentity identity;

    @Inject
    BatchesResource(
            Batches batches,
            BatchStore store,
            BatchTypes types,
            BatchEvents events,
            ItemLines lines,
            SecurityIdentity identity) {
        this.batches = batches;
        this.store = store;
        this.types = types;
        this.events = events;
        this.lines = lines;
        this.identity = identity;
    }

    @POST
    @HeedsScope
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Make a batch",
            description = "All or nothing. An empty batch that is not open is complete at once.")
    @APIResponse(
            responseCode = "201",
            description = "Made",
            content = @Content(schema = @Schema(implementation = BatchAnswer.class)))
    @APIResponse(
            responseCode = "200",
            description = "An earlier call of the same key made it",
            content = @Content(schema = @Schema(implementation = BatchAnswer.class)))
    public Uni<RestResponse<BatchAnswer>> create(
            @Parameter(
                            description =
                                    "Makes the call safe to repeat: for as long as batches are kept the repetition makes"
                                            + " nothing and answers with the first batch and 200. 1 to 255 visible ASCII"
                                            + " characters. With another body: 422 idempotency-key-reused")
                    @HeaderParam(IdempotencyHeader.NAME)
                    @Nullable
                    String idempotencyKey,
            @Nullable BatchRequest body) {
        if (body == null) {
            throw ProblemException.at("type", ProblemCode.INVALID_REQUEST, "type: is missing");
        }
        UUID parent = body.parentId() == null ? null : parent(body.parentId());
        Caller caller = Caller.of(identity);
        caller.scope().requireBatches();
        BatchSpec spec = owned(caller.scope(), body.spec());
        return refusing(reachable(caller.scope(), parent).chain(() -> IdempotencyHeader.keyOf(idempotencyKey, identity)
                        .map(key -> batches.createOnce(spec, parent, caller.id(), caller.name(), key))
                        .orElseGet(() -> batches.create(spec, parent, caller.id(), caller.name())
                                .map(batch -> new Batches.Made(batch, true)))))
                .invoke(made -> LOG.infof(
                        "batch %s (%s, %d items) was made by %s%s",
                        made.batch().id(),
                        made.batch().type(),
                        made.batch().counts().total(),
                        caller.id(),
                        made.added() ? "" : " before"))
                .map(made -> RestResponse.ResponseBuilder.create(
                                made.added() ? RestResponse.Status.CREATED : RestResponse.Status.OK,
                                BatchAnswer.of(made.batch()))
                        .location(URI.create("/api/batches/" + made.batch().id()))
                        .build());
    }

    /** The batch, and those that follow it, become the caller's tenant's. */
    private static BatchSpec owned(Scope scope, BatchSpec spec) {
        Optional<String> tenant = scope.tenantWithin(Optional.ofNullable(spec.tenant()));
        BatchSpec next = spec.followedBy();
        return spec.toBuilder()
                .tenant(tenant.orElse(null))
                .followedBy(next == null ? null : owned(scope, next))
                .build();
    }

    private Uni<Void> reachable(Scope scope, @Nullable UUID parent) {
        if (parent == null || scope.isUnlimited()) {
            return Uni.createFrom().voidItem();
        }
        return store.find(parent)
                .invoke(found -> {
                    if (found.filter(batch -> scope.allowsTenant(batch.tenant()))
                            .isEmpty()) {
                        throw noSuchBatch();
                    }
                })
                .replaceWithVoid();
    }

    @GET
    @HeedsScope
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at batches", description = "The latest first.")
    @Parameter(name = "status", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(name = "type", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(
            name = "parent",
            in = ParameterIn.QUERY,
            description = "Only those that count for this batch",
            schema = @Schema(implementation = String.class))
    @Parameter(ref = ListPage.BEFORE)
    @Parameter(ref = ListPage.LIMIT)
    public Uni<BatchAnswer.Page> list(@Context UriInfo uri) {
        QueryParameters parameters =
                QueryParameters.of(uri.getQueryParameters(), "status", "type", "tenant", "parent", "before", "limit");
        BatchStatus status = parameters
                .text("status")
                .map(word -> BatchStatus.ofWire(word)
                        .orElseThrow(() -> QueryParameters.invalid(
                                "status", "status: must be one of " + String.join(", ", BatchStatus.wires()))))
                .orElse(null);
        Scope scope = Caller.of(identity).scope();
        scope.requireBatches();
        String type = parameters.text("type", 80).orElse(null);
        String tenant = scope.tenantWithin(parameters.text("tenant", 100)).orElse(null);
        UUID parent = parameters.text("parent").map(text -> id("parent", text)).orElse(null);
        ListPage page = ListPage.before(parameters, "batches", Arrays.asList(status, type, tenant, parent));
        return store.list(page.start(place -> place.uuid(0)).orElse(null), status, type, tenant, parent, page.limit())
                .map(found -> new BatchAnswer.Page(
                        found.stream().map(BatchAnswer::of).toList(),
                        page.next(found, last -> PageCursor.of(last.id()))));
    }

    @GET
    @Path("/types")
    @HeedsScope
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at the types that batches may have")
    public List<BatchTypeAnswer> types() {
        return types.all().stream().map(BatchTypeAnswer::of).toList();
    }

    @GET
    @BatchInScope
    @Path("/{id}")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at one batch")
    public Uni<BatchAnswer> find(@Parameter(description = "Id of the batch") @PathParam("id") String id) {
        return store.find(known(id)).map(found -> found.map(BatchAnswer::of).orElseThrow(BatchesResource::noSuchBatch));
    }

    @GET
    @BatchInScope
    @Path("/{id}/items")
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at items of a batch",
            description = "In the order they came. Without a status: those that have ended or are in hand again.")
    @Parameter(
            name = "status",
            in = ParameterIn.QUERY,
            description = "pending, processing, completed, failed or skipped",
            schema = @Schema(implementation = String.class))
    @Parameter(ref = ListPage.AFTER)
    @Parameter(ref = ListPage.LIMIT)
    public Uni<BatchItemsAnswer> items(
            @Parameter(description = "Id of the batch") @PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "status", "after", "limit");
        ItemStatus status = parameters
                .text("status")
                .map(word -> ItemStatus.ofWire(word)
                        .orElseThrow(() -> QueryParameters.invalid(
                                "status", "status: must be one of " + String.join(", ", ItemStatus.wires()))))
                .orElse(null);
        ListPage page = ListPage.after(parameters, "batch-items", id + " " + status);
        long after = page.start(place -> place.number(0)).orElse(-1L);
        return store.find(known(id))
                .map(found -> found.orElseThrow(BatchesResource::noSuchBatch))
                .chain(batch -> store.items(batch, after, status, page.limit()))
                .map(items -> BatchItemsAnswer.of(items, page));
    }

    @GET
    @BatchInScope
    @Path("/{id}/chunks")
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at chunks of a batch",
            description = "Those that were begun, in that order. The others are not cut yet: how large a chunk is, is "
                    + "decided when it begins.")
    @Parameter(
            name = "after",
            in = ParameterIn.QUERY,
            description = "Only chunks behind the one of this number; 'next' of the page before",
            schema = @Schema(implementation = Long.class))
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            description = "1 to 1000; default 50",
            schema = @Schema(implementation = Integer.class))
    public Uni<BatchChunksAnswer> chunks(
            @Parameter(description = "Id of the batch") @PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "after", "limit");
        long after = parameters.text("after").map(text -> number("after", text)).orElse(-1L);
        int limit = parameters.number("limit", 1, MOST_CHUNKS, DEFAULT);
        return store.find(known(id))
                .map(found -> found.orElseThrow(BatchesResource::noSuchBatch))
                .chain(batch ->
                        store.chunks(batch, after, limit).map(chunks -> BatchChunksAnswer.of(batch, chunks, limit)));
    }

    @POST
    @BatchInScope
    @Path("/{id}/items")
    @Unaudited
    @Consumes({MediaType.APPLICATION_JSON, NDJSON, CSV})
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Add items to an open batch",
            description = "An array, lines of JSON, or CSV whose first line names the columns. All or nothing: a body "
                    + "that is cut off adds nothing. With 'at', the number of items the batch has so far, a repeated "
                    + "request is refused instead of adding its items twice.")
    @Parameter(
            name = "at",
            in = ParameterIn.QUERY,
            description = "How many items the batch has before these; otherwise 409",
            schema = @Schema(implementation = Long.class))
    public Uni<BatchAnswer> append(
            @Parameter(description = "Id of the batch") @PathParam("id") String id,
            @Context UriInfo uri,
            @Context HttpHeaders headers,
            @Nullable String body) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "at");
        Long at = parameters.text("at").map(text -> number("at", text)).orElse(null);
        BatchStore.Input input = read(headers.getMediaType(), body == null ? "" : body);
        return refusing(batches.append(known(id), input, at)).map(BatchAnswer::of);
    }

    private BatchStore.Input read(MediaType type, String body) {
        if (type.isCompatible(MediaType.valueOf(CSV))) {
            return lines.ofCsv(body);
        }
        return type.isCompatible(MediaType.valueOf(NDJSON)) ? lines.ofJson(body) : lines.ofArray(body);
    }

    @POST
    @BatchInScope
    @Path("/{id}/seal")
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Say that no more items come", description = "The batch ends when its items have.")
    public Uni<BatchAnswer> seal(@Parameter(description = "Id of the batch") @PathParam("id") String id) {
        return change(id, "sealed", batches::seal, "It is sealed already, or has ended.");
    }

    @POST
    @BatchInScope
    @Path("/{id}/cancel")
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Cancel a batch",
            description = "What waits is never run, items in hand are finished, what has ended stays as it is.")
    public Uni<BatchAnswer> cancel(@Parameter(description = "Id of the batch") @PathParam("id") String id) {
        return change(id, "cancelled", batches::cancel, "It has ended.");
    }

    @POST
    @BatchInScope
    @Path("/{id}/pause")
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Pause a batch", description = "Chunks in hand are finished, no other begins.")
    public Uni<BatchAnswer> pause(@Parameter(description = "Id of the batch") @PathParam("id") String id) {
        return change(id, "paused", batches::pause, "It has ended.");
    }

    @POST
    @BatchInScope
    @Path("/{id}/resume")
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Let a paused batch go on")
    public Uni<BatchAnswer> resume(@Parameter(description = "Id of the batch") @PathParam("id") String id) {
        return change(id, "resumed", batches::resume, "It has ended.");
    }

    @POST
    @BatchInScope
    @Path("/{id}/retry-failed")
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Run the failed items of a batch that has ended again", description = "And nothing else.")
    public Uni<BatchAnswer> retryFailed(@Parameter(description = "Id of the batch") @PathParam("id") String id) {
        return change(id, "retried", batches::retryFailed, "It has not ended, or none of its items failed.");
    }

    @GET
    @BatchInScope
    @Path("/{id}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Watch a batch",
            description = "Server-sent events: the batch as it is now, then each change within a second, at most four "
                    + "a second. The stream ends with the batch.")
    public Multi<BatchAnswer> events(@Parameter(description = "Id of the batch") @PathParam("id") String id) {
        UUID batch = known(id);
        if (events.isFull()) {
            throw ProblemException.of(
                    ProblemCode.TOO_MANY_REQUESTS, "Too many watch batches here. Look at the batch itself instead.");
        }
        return events.of(batch);
    }

    private Uni<BatchAnswer> change(
            String id, String what, Function<UUID, Uni<Batches.Changed>> change, String otherwise) {
        return change.apply(known(id)).map(changed -> {
            Optional<Batch> batch = changed.batch();
            if (batch.isEmpty()) {
                throw noSuchBatch();
            }
            if (changed.change() == Batches.Change.CONFLICT) {
                throw ProblemException.of(
                        ProblemCode.BATCH_STATE,
                        "The batch is " + batch.get().status().wire() + ". " + otherwise);
            }
            LOG.infof("batch %s was %s by %s", id, what, Caller.of(identity).id());
            return BatchAnswer.of(batch.get());
        });
    }

    private static <T> Uni<T> refusing(Uni<T> work) {
        return work.onFailure(InvalidBatchException.class)
                .transform(invalid -> ProblemException.at(
                        invalid.field(), ProblemCode.INVALID_REQUEST, String.valueOf(invalid.getMessage())))
                .onFailure(BatchStateException.class)
                .transform(failure ->
                        ProblemException.of(ProblemCode.BATCH_STATE, sentence(String.valueOf(failure.getMessage()))))
                .onFailure(NoSuchBatchException.class)
                .transform(failure -> noSuchBatch());
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }

    private static UUID known(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw noSuchBatch();
        }
    }

    private static UUID parent(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw ProblemException.at("parentId", ProblemCode.INVALID_REQUEST, "parentId: must be the id of a batch");
        }
    }

    private static UUID id(String parameter, String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw QueryParameters.invalid(parameter, parameter + ": must be the id of a batch");
        }
    }

    private static long number(String parameter, String text) {
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, together with negative numbers.
        }
        throw QueryParameters.invalid(parameter, parameter + ": must be a number, 0 or more");
    }

    private static ProblemException noSuchBatch() {
        return ProblemException.of(ProblemCode.NOT_FOUND, "No batch has this id.");
    }
}
