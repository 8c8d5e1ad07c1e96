package io.penstock.worker.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.ConflictStrategy;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.templates.TemplateChanges;
import io.penstock.common.templates.bulk.Conflict;
import io.penstock.common.templates.bulk.ConflictResolver;
import io.penstock.common.templates.bulk.ParentChanges;
import io.penstock.common.templates.bulk.Resolution;
import io.penstock.common.templates.bulk.RowChecks;
import io.penstock.common.templates.bulk.TemplateBatches;
import io.penstock.common.templates.bulk.TemplateChange;
import io.penstock.common.templates.bulk.TemplateField;
import io.penstock.common.templates.bulk.TemplateRows;
import io.penstock.worker.batch.ItemContext;
import io.penstock.worker.batch.TransactionalBatchHandler;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes templates. Items come with parents before their children; those of one chunk that refer to one another are written level by level. */
@ApplicationScoped
class CreateTemplatesHandler implements TransactionalBatchHandler<TemplateChange> {

    private final TemplateRows rows;
    private final ChunkRules rules;
    private final TemplateChanges changes;
    private final TemplateMeters meters;

    @Inject
    CreateTemplatesHandler(TemplateRows rows, ChunkRules rules, TemplateChanges changes, TemplateMeters meters) {
        this.rows = rows;
        this.rules = rules;
        this.changes = changes;
        this.meters = meters;
    }

    /** What is known of the tenant before anything is written. */
    private record Known(Map<UUID, @Nullable UUID> parents, Map<String, UUID> names, Set<UUID> categories) {}

    @Override
    public BatchType<TemplateChange> type() {
        return TemplateBatches.CREATE;
    }

    @Override
    public Uni<Prepared<TemplateChange>> prepare(List<TemplateChange> items, ItemContext context) {
        return rules.ofNew(items, context).map(held -> (transaction, open) -> handle(transaction, open, held, context));
    }

    @Override
    public Uni<List<ItemResult>> handle(SqlConnection transaction, List<TemplateChange> items, ItemContext context) {
        return prepare(items, context).chain(prepared -> prepared.handle(transaction, items));
    }

    private Uni<List<ItemResult>> handle(
            SqlConnection transaction, List<TemplateChange> items, HeldItems held, ItemContext context) {
        String tenant = Objects.requireNonNull(context.tenant(), "a batch of templates has a tenant");
        return known(transaction, tenant, items)
                .chain(known -> write(transaction, tenant, decided(items, known, held, context.conflict()), context))
                .map(done -> done.results(items))
                .invoke(results -> meters.count("create", results));
    }

    private Uni<Known> known(SqlConnection transaction, String tenant, List<TemplateChange> items) {
        Set<UUID> parents = new HashSet<>();
        Set<UUID> categories = new HashSet<>();
        List<String> names = new ArrayList<>();
        List<String> statuses = new ArrayList<>();
        for (TemplateChange item : items) {
            UUID parent = RowChecks.id(item.set().path("parentId"));
            if (parent != null) {
                parents.add(parent);
            }
            UUID category = RowChecks.id(item.set().path("categoryId"));
            if (category != null) {
                categories.add(category);
            }
            names.add(item.set().path("name").asText());
            statuses.add(status(item));
        }
        return rows.chains(transaction, tenant, parents)
                .chain(chains -> rows.named(transaction, tenant, names, statuses)
                        .chain(taken -> rows.categories(transaction, tenant, categories)
                                .map(there -> new Known(chains, taken, there))));
    }

    private static String status(TemplateChange item) {
        return item.set().path("status").asText("draft");
    }

    /** What is to be written, by level, and what became of the rest. */
    private static final class Decided {

        final Map<UUID, ItemResult> ended = new HashMap<>();
        final Map<UUID, Resolution> resolutions = new HashMap<>();
        final List<Map<UUID, ObjectNode>> levels = new ArrayList<>();
        final Map<UUID, JsonNode> tags = new LinkedHashMap<>();
        final Map<UUID, UUID> parents = new HashMap<>();

        List<ItemResult> results(List<TemplateChange> items) {
            return items.stream()
                    .map(item -> Objects.requireNonNull(ended.get(item.id()), "every item has ended"))
                    .toList();
        }
    }

    private static Decided decided(List<TemplateChange> items, Known known, HeldItems held, ConflictStrategy strategy) {
        Decided decided = new Decided();
        ParentChanges parents = new ParentChanges(known.parents());
        Map<UUID, Integer> levels = new HashMap<>();
        Map<String, UUID> names = new HashMap<>(known.names());
        boolean aborted = false;
        for (TemplateChange item : items) {
            if (aborted || decided.ended.containsKey(item.id()) || levels.containsKey(item.id())) {
                decided.ended.putIfAbsent(item.id(), Ends.afterAbort(item.id()));
                continue;
            }
            ObjectNode row =
                    JsonNodeFactory.instance.objectNode().put("id", item.id().toString());
            List<Conflict> conflicts = new ArrayList<>();
            List<String> faults = TemplateField.faults(item.set());
            if (!faults.isEmpty()) {
                faults.forEach(fault -> conflicts.add(Conflict.integrity(fault)));
            } else {
                RowChecks.put(row, item.set());
                conflicts.addAll(RowChecks.together(row));
                conflicts.addAll(held.of(item));
                conflicts.addAll(place(item, row, known, parents, levels));
                conflicts.addAll(name(item, names));
            }
            Resolution resolution = ConflictResolver.resolve(conflicts, strategy);
            if (!resolution.decision().applies()) {
                parents.withdraw(item.id());
                decided.ended.put(item.id(), Ends.notMade(resolution, item.id()));
                aborted = resolution.decision() == Resolution.Decision.ABORT;
                continue;
            }
            names.put(TemplateRows.nameKey(item.set().path("name").asText(), status(item)), item.id());
            UUID parent = RowChecks.id(item.set().path("parentId"));
            held.requireNew(item, parent != null && levels.containsKey(parent));
            int level = parent == null ? 0 : levels.getOrDefault(parent, -1) + 1;
            if (parent != null && levels.containsKey(parent)) {
                decided.parents.put(item.id(), parent);
            }
            levels.put(item.id(), level);
            while (decided.levels.size() <= level) {
                decided.levels.add(new LinkedHashMap<>());
            }
            decided.levels.get(level).put(item.id(), row);
            decided.resolutions.put(item.id(), resolution);
            if (item.set().path("tags").isArray() && !item.set().path("tags").isEmpty()) {
                decided.tags.put(item.id(), item.set().path("tags"));
            }
        }
        return decided;
    }

    private static List<Conflict> place(
            TemplateChange item, ObjectNode row, Known known, ParentChanges parents, Map<UUID, Integer> levels) {
        List<Conflict> found = new ArrayList<>();
        UUID category = RowChecks.id(item.set().path("categoryId"));
        if (category != null && !known.categories().contains(category)) {
            found.add(Conflict.missing("there is no category " + category, "categoryId"));
        }
        UUID parent = RowChecks.id(item.set().path("parentId"));
        if (parent == null) {
            return found;
        }
        if (!known.parents().containsKey(parent) && !levels.containsKey(parent)) {
            found.add(Conflict.missing("there is no template " + parent + " to inherit from", "parentId"));
            return found;
        }
        parents.propose(item.id(), parent);
        int depth = parents.depthOf(item.id());
        if (depth >= ParentChanges.MAX_LEVELS) {
            found.add(Conflict.integrity(
                    "it would be the level " + (depth + 1) + " of a chain, " + ParentChanges.MAX_LEVELS
                            + " are allowed",
                    "parentId"));
        }
        row.put("depth", depth);
        return found;
    }

    private static List<Conflict> name(TemplateChange item, Map<String, UUID> names) {
        UUID other = names.get(TemplateRows.nameKey(item.set().path("name").asText(), status(item)));
        return other == null
                ? List.of()
                : List.of(Conflict.integrity(
                        "the template " + other + " has this name and the status " + status(item), "name"));
    }

    private Uni<Decided> write(SqlConnection transaction, String tenant, Decided decided, ItemContext context) {
        Uni<Set<UUID>> written = Uni.createFrom().item(new HashSet<>());
        for (Map<UUID, ObjectNode> level : decided.levels) {
            written = written.chain(so -> {
                List<ObjectNode> ready = new ArrayList<>();
                level.forEach((id, row) -> {
                    UUID parent = decided.parents.get(id);
                    if (parent == null || so.contains(parent)) {
                        ready.add(row);
                    } else {
                        decided.ended.put(
                                id,
                                ItemResult.failed("dependency: its parent " + parent + " was not made")
                                        .of(Ends.TARGET, id.toString()));
                    }
                });
                return rows.create(transaction, tenant, ready, decided.tags, context.createdByName(), context.batchId())
                        .map(added -> {
                            so.addAll(added);
                            return so;
                        });
            });
        }
        return written.invoke(added -> tell(decided, added))
                .call(added ->
                        added.isEmpty() ? Uni.createFrom().voidItem() : changes.tell(transaction, tenant, List.of()))
                .replaceWith(decided);
    }

    /** What was to be written and is not has met a name or an id that somebody else took meanwhile. */
    private static void tell(Decided decided, Set<UUID> added) {
        decided.resolutions.forEach((id, resolution) -> decided.ended.computeIfAbsent(
                id,
                each -> added.contains(id)
                        ? Ends.made(resolution, id, "created")
                        : ItemResult.failed("data_integrity: another template has its id, or its name and status")
                                .of(Ends.TARGET, id.toString())));
    }
}
