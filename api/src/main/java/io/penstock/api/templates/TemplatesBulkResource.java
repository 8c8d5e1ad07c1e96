package io.penstock.api.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.api.audit.Unaudited;
import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.ListPage;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Caller;
import io.penstock.api.security.HeedsScope;
import io.penstock.api.security.Role;
import io.penstock.api.security.Scope;
import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchIds;
import io.penstock.common.batch.BatchJobs;
import io.penstock.common.batch.BatchSpec;
import io.penstock.common.batch.BatchStore;
import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.Batches;
import io.penstock.common.batch.ConflictStrategy;
import io.penstock.common.batch.InvalidBatchException;
import io.penstock.common.page.PageCursor;
import io.penstock.common.pool.DatabasePools;
import io.penstock.common.templates.RuleSet;
import io.penstock.common.templates.bulk.BulkChecks;
import io.penstock.common.templates.bulk.Foresight;
import io.penstock.common.templates.bulk.PredictedConflict;
import io.penstock.common.templates.bulk.TemplateBackups;
import io.penstock.common.templates.bulk.TemplateBatches;
import io.penstock.common.templates.bulk.TemplateBulkConfig;
import io.penstock.common.templates.bulk.TemplateChange;
import io.penstock.common.templates.bulk.TemplateRestore;
import io.penstock.common.templates.bulk.TemplateRows;
import io.penstock.common.templates.bulk.TemplateTree;
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
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Bulk operations on the templates of one tenant. What another tenant has does not exist here. */
@Path("/api/templates/bulk")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Templates in bulk", description = "Thousands of course templates made, changed and brought back")
@NeedsDatabase
@HeedsScope
public class TemplatesBulkResource {

    private static final String QUEUE = BatchJobs.RUN.queue();
    private static final int MAX_TEXT = 200;
    private static final int MAX_TENANT = 100;
    private static final UUID LOWEST = new UUID(0, 0);

    private final Batches batches;
    private final BatchStore store;
    private final DatabasePools pools;
    private final TemplateRows rows;
    private final TemplateBackups backups;
    private final TemplateTree tree;
    private final Foresight foresight;
    private final TemplateBulkConfig config;
    private final TemplateTenants tenants;
    private final ObjectMapper mapper;
    private final SecurityIdentity identity;
    private final InstantSource clock = InstantSource.system();

    @Inject
    TemplatesBulkResource(
            Batches batches,
            BatchStore store,
            DatabasePools pools,
            TemplateRows rows,
            TemplateBackups backups,
            TemplateTree tree,
            Foresight foresight,
            TemplateBulkConfig config,
            TemplateTenants tenants,
            ObjectMapper mapper,
            SecurityIdentity identity) {
        this.batches = batches;
        this.store = store;
        this.pools = pools;
        this.rows = rows;
        this.backups = backups;
        this.tree = tree;
        this.foresight = foresight;
        this.config = config;
        this.tenants = tenants;
        this.mapper = mapper;
        this.identity = identity;
    }

    @POST
    @Path("/create")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Make many templates",
            description = "202: a batch makes them, each for itself. One can have another of the same request as its"
                    + " parent. Names twice and circles of parents are refused as a whole.")
    public Uni<RestResponse<BulkBodies.Started>> create(BulkBodies.@Nullable Create body) {
        BulkBodies.Create asked = TemplateRequests.present(body);
        String tenant = tenant(asked.tenant());
        List<TemplateChange> items = newTemplates(asked.templates());
        BulkChecks.ofNew(items).ifPresent(TemplatesBulkResource::refuse);
        BulkChecks.Ordered ordered = BulkChecks.ordered(items);
        BatchSpec spec = spec(TemplateBatches.CREATE, tenant, asked.name(), asked.conflict())
                .priority(asked.priority())
                .startAt(asked.startAt())
                .config(validation(asked.validation()))
                .concurrency(ordered.linked() ? 1 : null)
                .items(json(ordered.items()))
                .build();
        return tenants.permitChange(tenant)
                .chain(() -> pools.read(pool -> rows.count(pool, tenant, config.maxTemplates() + 1)))
                .invoke(there -> {
                    if (there + items.size() > config.maxTemplates()) {
                        throw ProblemException.at(
                                "templates",
                                ProblemCode.INVALID_REQUEST,
                                "templates: a tenant may have " + config.maxTemplates() + " templates, and has "
                                        + there);
                    }
                })
                .chain(() -> start(spec))
                .map(batch -> accepted(
                        batch, items.stream().map(item -> item.id().toString()).toList()));
    }

    @POST
    @Path("/update")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Change many templates",
            description = "202: a batch changes them, each for itself, after it has kept them as they were. What stands"
                    + " against a change is dealt with as 'conflict' says.")
    public Uni<RestResponse<BulkBodies.Started>> update(BulkBodies.@Nullable Update body) {
        BulkBodies.Update asked = TemplateRequests.present(body);
        String tenant = tenant(asked.tenant());
        List<TemplateChange> items = changes(asked.changes());
        BulkChecks.ofChanges(items).ifPresent(TemplatesBulkResource::refuse);
        List<UUID> ids = items.stream().map(TemplateChange::id).toList();
        BatchSpec spec = spec(TemplateBatches.UPDATE, tenant, asked.name(), asked.conflict())
                .priority(asked.priority())
                .startAt(asked.startAt())
                .config(validation(asked.validation()))
                .items(json(items))
                .build();
        return tenants.permitChange(tenant)
                .chain(() -> anyOf(tenant, ids))
                .chain(() -> start(spec))
                .map(batch -> accepted(batch, ids.stream().map(UUID::toString).toList()));
    }

    @POST
    @Path("/impact")
    @Unaudited
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "See what a change would touch",
            description = "Templates below, courses and schedules, how long the way back takes, and the risk. Changes"
                    + " nothing.")
    public Uni<BulkBodies.ImpactAnswer> impact(BulkBodies.@Nullable Ids body) {
        BulkBodies.Ids asked = TemplateRequests.present(body);
        String tenant = tenant(asked.tenant());
        List<UUID> ids = ids("ids", asked.ids());
        return anyOf(tenant, ids).chain(() -> foresight.impact(tenant, ids)).map(BulkBodies.ImpactAnswer::new);
    }

    @POST
    @Path("/predict")
    @Unaudited
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "See which conflicts an operation is likely to meet",
            description = "The most probable first, each with what makes it less likely. Changes nothing.")
    public Uni<BulkBodies.Predicted> predict(BulkBodies.@Nullable Predict body) {
        BulkBodies.Predict asked = TemplateRequests.present(body);
        String tenant = tenant(asked.tenant());
        return predicted(tenant, asked).map(BulkBodies.Predicted::new);
    }

    private Uni<List<PredictedConflict>> predicted(String tenant, BulkBodies.Predict asked) {
        return switch (asked.action() == null ? "" : asked.action()) {
            case "create" -> {
                List<TemplateChange> fresh = newTemplates(asked.templates());
                BulkChecks.ofNew(fresh).filter(fault -> !isCircle(fault)).ifPresent(TemplatesBulkResource::refuse);
                yield foresight.ofNew(tenant, fresh);
            }
            case "update" -> {
                List<TemplateChange> changes = changes(asked.changes());
                BulkChecks.ofChanges(changes)
                        .filter(fault -> !isCircle(fault))
                        .ifPresent(TemplatesBulkResource::refuse);
                yield foresight.ofChanges(tenant, changes);
            }
            case "delete" -> foresight.ofDeletion(tenant, ids("ids", asked.ids()));
            default -> throw TemplateRequests.invalid("action", "must be one of create, update, delete");
        };
    }

    /** What a prediction tells is no reason to refuse it. */
    private static boolean isCircle(BulkChecks.Fault fault) {
        return fault.text().contains("circle");
    }

    @GET
    @Path("/operations")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at a tenant's operations", description = "The latest 20 of each kind.")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    public Uni<BulkBodies.Operations> operations(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "tenant");
        String tenant = tenant(parameters.text("tenant", MAX_TENANT).orElse(null));
        List<Uni<List<Batch>>> lists = TemplateBatches.ALL.stream()
                .map(type -> store.list(null, null, type, tenant, null, 20))
                .toList();
        return Uni.join()
                .all(lists)
                .andFailFast()
                .map(found -> new BulkBodies.Operations(found.stream()
                        .flatMap(List::stream)
                        .sorted((a, b) ->
                                b.times().createdAt().compareTo(a.times().createdAt()))
                        .map(TemplatesBulkResource::operation)
                        .toList()));
    }

    @GET
    @Path("/operations/{id}")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "See how an operation is getting on")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    public Uni<BulkBodies.Operation> operation(
            @Parameter(description = "Id of its batch") @PathParam("id") String id, @Context UriInfo uri) {
        return own(id, uri, "tenant").map(TemplatesBulkResource::operation);
    }

    @GET
    @Path("/operations/{id}/items")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "See what became of each template", description = "In the order of the request.")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(ref = ListPage.AFTER)
    @Parameter(ref = ListPage.LIMIT)
    public Uni<BulkBodies.Items> items(
            @Parameter(description = "Id of its batch") @PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "tenant", "after", "limit");
        ListPage page = ListPage.after(parameters, "template-items", id);
        long after = page.start(place -> place.number(0)).orElse(-1L);
        return own(id, uri, "tenant", "after", "limit")
                .chain(batch -> store.items(batch, after, null, page.limit()))
                .map(found -> new BulkBodies.Items(
                        found.stream()
                                .map(item -> new BulkBodies.Item(
                                        item.item(), item.status().wire(), item.targetId(), item.error()))
                                .toList(),
                        page.next(found, last -> PageCursor.of(last.item()))));
    }

    @POST
    @Path("/operations/{id}/cancel")
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Cancel an operation",
            description = "What is not begun is never done. What is done stays, and has its backup.")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    public Uni<BulkBodies.Operation> cancel(
            @Parameter(description = "Id of its batch") @PathParam("id") String id, @Context UriInfo uri) {
        return own(id, uri, "tenant").chain(batch -> batches.cancel(batch.id())).map(changed -> {
            if (changed.change() == Batches.Change.CONFLICT) {
                throw ProblemException.of(ProblemCode.BATCH_STATE, "The operation has ended.");
            }
            return operation(changed.batch().orElseThrow(TemplatesBulkResource::noSuchOperation));
        });
    }

    @GET
    @Path("/backups")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "List what can be brought back", description = "The latest operation first.")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(ref = ListPage.BEFORE)
    @Parameter(ref = ListPage.LIMIT)
    public Uni<BulkBodies.Backups> backups(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "tenant", "before", "limit");
        String tenant = tenant(parameters.text("tenant", MAX_TENANT).orElse(null));
        ListPage page = ListPage.before(parameters, "template-backups", tenant);
        UUID before = page.start(place -> place.uuid(0)).orElse(null);
        return pools.write(pool -> backups.list(pool, tenant, before, page.limit()))
                .map(found -> new BulkBodies.Backups(found, page.next(found, last -> PageCursor.of(last.batchId()))));
    }

    @GET
    @Path("/backups/{id}")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "See which templates an operation changed")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(ref = ListPage.AFTER)
    @Parameter(ref = ListPage.LIMIT)
    public Uni<BulkBodies.Backup> backup(
            @Parameter(description = "Id of the operation's batch") @PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "tenant", "after", "limit");
        String tenant = tenant(parameters.text("tenant", MAX_TENANT).orElse(null));
        ListPage page = ListPage.after(parameters, "template-backup", tenant + " " + id);
        Optional<UUID> after = page.start(place -> place.uuid(0));
        UUID batch = known(id, TemplatesBulkResource::noSuchBackup);
        return pools.write(pool -> backups.of(pool, tenant, batch, after.orElse(LOWEST), page.limit()))
                .map(found -> {
                    if (found.isEmpty() && after.isEmpty()) {
                        throw noSuchBackup();
                    }
                    return new BulkBodies.Backup(found, page.next(found, last -> PageCursor.of(last.templateId())));
                });
    }

    @POST
    @Path("/restore")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Bring templates back",
            description =
                    "202: a batch brings them back, byte for byte. One that was changed since then is a conflict.")
    public Uni<RestResponse<BulkBodies.Started>> restore(BulkBodies.@Nullable Restore body) {
        BulkBodies.Restore asked = TemplateRequests.present(body);
        String tenant = tenant(asked.tenant());
        if (asked.batchId() == null) {
            throw TemplateRequests.invalid("batchId", "is missing");
        }
        UUID batch = known(asked.batchId(), TemplatesBulkResource::noSuchBackup);
        if ("merge".equals(asked.conflict())) {
            throw TemplateRequests.invalid("conflict", "must be one of abort, skip, override");
        }
        Set<UUID> only = asked.ids() == null ? Set.of() : new LinkedHashSet<>(ids("ids", asked.ids()));
        BatchSpec.Builder spec = spec(TemplateBatches.RESTORE, tenant, "restore of " + batch, asked.conflict())
                // Children must not come back before their parents are what they were: one chunk after the other.
                .concurrency(1)
                .priority(asked.priority());
        return tenants.permitChange(tenant)
                .chain(() -> pools.write(pool -> backups.of(pool, tenant, batch, LOWEST, config.maxItems())))
                .chain(found -> {
                    List<JsonNode> items = found.stream()
                            .map(line -> UUID.fromString(line.templateId()))
                            .filter(id -> only.isEmpty() || only.contains(id))
                            .map(id -> mapper.<JsonNode>valueToTree(new TemplateRestore(id, batch)))
                            .toList();
                    if (items.isEmpty() || (!only.isEmpty() && items.size() < only.size())) {
                        throw noSuchBackup();
                    }
                    return start(spec.items(items).build());
                })
                .map(made -> accepted(made, List.of()));
    }

    @GET
    @Path("/tree")
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at the tree of inheritance",
            description = "The children of a template, or those without a parent, by name; with 'text' the templates"
                    + " whose name or description holds it.")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(name = "parent", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(name = "text", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(
            name = "status",
            in = ParameterIn.QUERY,
            description = "With 'text': draft, active, archived or deprecated",
            schema = @Schema(implementation = String.class))
    @Parameter(ref = ListPage.AFTER)
    @Parameter(ref = ListPage.LIMIT)
    public Uni<BulkBodies.Nodes> tree(@Context UriInfo uri) {
        QueryParameters parameters =
                QueryParameters.of(uri.getQueryParameters(), "tenant", "parent", "text", "status", "after", "limit");
        String tenant = tenant(parameters.text("tenant", MAX_TENANT).orElse(null));
        Optional<String> text = parameters.text("text", MAX_TEXT);
        ListPage page = ListPage.after(
                parameters, "templates", List.of(tenant, text, parameters.text("status"), parameters.text("parent")));
        PageCursor after =
                page.start(place -> PageCursor.of(place.uuid(0), place.text(1))).orElse(PageCursor.of(LOWEST, ""));
        if (text.isPresent()) {
            String status = parameters.text("status").orElse(null);
            if (status != null
                    && !List.of("draft", "active", "archived", "deprecated").contains(status)) {
                throw QueryParameters.invalid("status", "status: must be one of draft, active, archived, deprecated");
            }
            return tree.found(tenant, text.get(), status, after.text(1), after.uuid(0), page.limit())
                    .map(found -> nodes(List.of(), found, page));
        }
        UUID parent = parameters
                .text("parent")
                .map(id -> known(id, TemplateRequests::noSuchTemplate))
                .orElse(null);
        Uni<List<TemplateTree.Node>> above =
                parent == null ? Uni.createFrom().item(List.of()) : tree.above(tenant, parent);
        return above.chain(line -> {
            if (parent != null && line.isEmpty()) {
                throw TemplateRequests.noSuchTemplate();
            }
            return tree.level(tenant, parent, after.text(1), after.uuid(0), page.limit())
                    .map(found -> nodes(line, found, page));
        });
    }

    private static BulkBodies.Nodes nodes(List<TemplateTree.Node> above, List<TemplateTree.Node> found, ListPage page) {
        return new BulkBodies.Nodes(above, found, page.next(found, last -> PageCursor.of(last.id(), last.name())));
    }

    // what was asked

    /** The tenant of the key, or the one that is named. */
    private String tenant(@Nullable String named) {
        Scope scope = Caller.of(identity).scope();
        if (!scope.allowsQueue(QUEUE)) {
            throw Scope.outOfScope("Your key does not reach the queue '" + QUEUE + "', where batches run.");
        }
        return TemplateTenants.of(scope, named);
    }

    private <T> List<T> some(String field, @Nullable List<T> values) {
        if (values == null || values.isEmpty()) {
            throw TemplateRequests.invalid(field, "is missing");
        }
        if (values.size() > config.maxItems()) {
            throw TemplateRequests.invalid(field, "an operation is about at most " + config.maxItems() + " templates");
        }
        return values;
    }

    private List<TemplateChange> newTemplates(@Nullable List<JsonNode> templates) {
        List<TemplateChange> items = new ArrayList<>();
        for (JsonNode template : some("templates", templates)) {
            String at = "templates[" + items.size() + "]";
            if (!(template instanceof ObjectNode object)) {
                throw TemplateRequests.invalid(at, "must be an object");
            }
            ObjectNode set = object.deepCopy();
            JsonNode id = set.remove("id");
            items.add(new TemplateChange(
                    id == null || id.isNull() ? BatchIds.next(clock.instant()) : idOf(at + ".id", id.asText()),
                    null,
                    set));
        }
        return items;
    }

    private List<TemplateChange> changes(@Nullable List<BulkBodies.Change> changes) {
        List<TemplateChange> items = new ArrayList<>();
        for (BulkBodies.@Nullable Change change : some("changes", changes)) {
            String at = "changes[" + items.size() + "]";
            if (change == null || change.id() == null) {
                throw TemplateRequests.invalid(at + ".id", "is missing");
            }
            if (change.set() == null) {
                throw TemplateRequests.invalid(at + ".set", "is missing");
            }
            items.add(new TemplateChange(idOf(at + ".id", change.id()), change.expectedVersion(), change.set()));
        }
        return items;
    }

    private List<UUID> ids(String field, @Nullable List<String> texts) {
        Set<UUID> ids = new LinkedHashSet<>();
        int i = 0;
        for (String text : some(field, texts)) {
            ids.add(idOf(field + "[" + i++ + "]", text));
        }
        return List.copyOf(ids);
    }

    /** Operations on templates of which the tenant has none are answered as if there were no templates at all. */
    private Uni<Void> anyOf(String tenant, List<UUID> ids) {
        return pools.write(pool -> rows.existing(pool, tenant, ids)).map(found -> {
            if (found.isEmpty()) {
                throw TemplateRequests.noSuchTemplate();
            }
            return null;
        });
    }

    private static BatchSpec.Builder spec(
            BatchType<?> type, String tenant, @Nullable String name, @Nullable String conflict) {
        if (conflict != null && ConflictStrategy.ofWire(conflict).isEmpty()) {
            throw TemplateRequests.invalid("conflict", "must be one of " + String.join(", ", ConflictStrategy.wires()));
        }
        return BatchSpec.builder(type.name()).tenant(tenant).name(name).conflict(conflict);
    }

    /** Null where it is left out. */
    private static @Nullable JsonNode validation(@Nullable String word) {
        if (word == null) {
            return null;
        }
        if (RuleSet.Strictness.ofWire(word).isEmpty()) {
            throw TemplateRequests.invalid("validation", "must be one of strict, partial");
        }
        return JsonNodeFactory.instance.objectNode().put(TemplateBatches.VALIDATION, word);
    }

    private List<JsonNode> json(List<TemplateChange> items) {
        return items.stream().map(item -> mapper.<JsonNode>valueToTree(item)).toList();
    }

    private Uni<Batch> start(BatchSpec spec) {
        Caller caller = Caller.of(identity);
        return batches.create(spec, null, caller.id(), caller.name())
                .onFailure(InvalidBatchException.class)
                .transform(invalid -> ProblemException.at(
                        invalid.field(), ProblemCode.INVALID_REQUEST, String.valueOf(invalid.getMessage())));
    }

    private static RestResponse<BulkBodies.Started> accepted(Batch batch, List<String> ids) {
        return RestResponse.ResponseBuilder.<BulkBodies.Started>create(RestResponse.Status.ACCEPTED)
                .location(URI.create("/api/templates/bulk/operations/" + batch.id()))
                .entity(new BulkBodies.Started(
                        batch.id().toString(), batch.counts().total(), ids))
                .build();
    }

    /** An operation on the templates of the caller's tenant. */
    private Uni<Batch> own(String id, UriInfo uri, String... known) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), known);
        String tenant = tenant(parameters.text("tenant", MAX_TENANT).orElse(null));
        UUID batch = known(id, TemplatesBulkResource::noSuchOperation);
        return store.find(batch).map(found -> found.filter(
                        one -> tenant.equals(one.tenant()) && TemplateBatches.ALL.contains(one.type()))
                .orElseThrow(TemplatesBulkResource::noSuchOperation));
    }

    private static BulkBodies.Operation operation(Batch batch) {
        return new BulkBodies.Operation(
                batch.id().toString(),
                batch.type(),
                batch.name(),
                batch.status().wire(),
                batch.counts().percent(),
                batch.counts().total(),
                batch.counts().completed(),
                batch.counts().failed(),
                batch.counts().skipped(),
                batch.result(),
                batch.times().createdAt(),
                batch.times().finishedAt());
    }

    // refusals

    private static void refuse(BulkChecks.Fault fault) {
        throw TemplateRequests.invalid(fault.field(), fault.text());
    }

    private static UUID idOf(String field, @Nullable String text) {
        try {
            return UUID.fromString(String.valueOf(text));
        } catch (IllegalArgumentException e) {
            throw TemplateRequests.invalid(field, "must be an id");
        }
    }

    private static UUID known(String text, Supplier<ProblemException> otherwise) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw otherwise.get();
        }
    }

    private static ProblemException noSuchOperation() {
        return ProblemException.of(ProblemCode.NOT_FOUND, "There is no such operation.");
    }

    private static ProblemException noSuchBackup() {
        return ProblemException.of(ProblemCode.NOT_FOUND, "There is no such backup.");
    }
}
