package io.penstock.worker.templates;

import com.fasterxml.jackson.databind.JsonNode;
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
import io.penstock.common.templates.bulk.TemplateBackups;
import io.penstock.common.templates.bulk.TemplateBatches;
import io.penstock.common.templates.bulk.TemplateChange;
import io.penstock.common.templates.bulk.TemplateField;
import io.penstock.common.templates.bulk.TemplateRows;
import io.penstock.common.templates.bulk.TemplateRows.Dependents;
import io.penstock.common.templates.bulk.TemplateRows.Locked;
import io.penstock.worker.batch.ItemContext;
import io.penstock.worker.batch.TransactionalBatchHandler;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Changes templates. The rows of a chunk are locked, what stands against each change is found and resolved, what is to be changed is
 * backed up and written: all in the transaction that records the results. So no change of somebody else is lost, and a backup is there
 * exactly where a template was changed.
 */
@ApplicationScoped
class UpdateTemplatesHandler implements TransactionalBatchHandler<TemplateChange> {

    private final TemplateRows rows;
    private final TemplateBackups backups;
    private final ChunkRules rules;
    private final TemplateChanges changes;
    private final TemplateMeters meters;

    @Inject
    UpdateTemplatesHandler(
            TemplateRows rows,
            TemplateBackups backups,
            ChunkRules rules,
            TemplateChanges changes,
            TemplateMeters meters) {
        this.rows = rows;
        this.backups = backups;
        this.rules = rules;
        this.changes = changes;
        this.meters = meters;
    }

    /** What is known of the tenant while its templates are locked. */
    private record Known(
            Map<UUID, Locked> locked,
            Map<UUID, List<String>> theirs,
            Map<UUID, @Nullable UUID> parents,
            Map<UUID, Integer> heights,
            Map<UUID, Dependents> dependents,
            Map<String, UUID> names,
            Set<UUID> categories) {}

    /** What is to be written, and what became of every item. */
    private static final class Decided {

        final List<ItemResult> results = new ArrayList<>();
        final Map<UUID, ObjectNode> changed = new LinkedHashMap<>();
        final Map<UUID, JsonNode> tags = new LinkedHashMap<>();
        final Set<UUID> moved = new HashSet<>();
        final Set<TemplateChange> done = Collections.newSetFromMap(new IdentityHashMap<>());
    }

    @Override
    public BatchType<TemplateChange> type() {
        return TemplateBatches.UPDATE;
    }

    @Override
    public Uni<Prepared<TemplateChange>> prepare(List<TemplateChange> items, ItemContext context) {
        return rules.ofChanges(items, context)
                .map(held -> (transaction, open) -> handle(transaction, open, held, context));
    }

    @Override
    public Uni<List<ItemResult>> handle(SqlConnection transaction, List<TemplateChange> items, ItemContext context) {
        return prepare(items, context).chain(prepared -> prepared.handle(transaction, items));
    }

    private Uni<List<ItemResult>> handle(
            SqlConnection transaction, List<TemplateChange> items, HeldItems held, ItemContext context) {
        String tenant = Objects.requireNonNull(context.tenant(), "a batch of templates has a tenant");
        return known(transaction, tenant, items)
                .map(known -> decided(items, known, held, context.conflict()))
                .call(decided -> write(transaction, tenant, decided, context))
                .map(decided -> decided.results)
                .invoke(results -> meters.count("update", results));
    }

    private Uni<Known> known(SqlConnection transaction, String tenant, List<TemplateChange> items) {
        boolean moves = items.stream().anyMatch(item -> item.set().has("parentId"));
        Uni<Void> tree =
                moves ? rows.lockTree(transaction, tenant) : Uni.createFrom().voidItem();
        return tree.chain(() -> rows.lock(
                        transaction,
                        tenant,
                        items.stream().map(TemplateChange::id).toList()))
                .chain(locked -> knownOf(transaction, tenant, items, locked));
    }

    private Uni<Known> knownOf(
            SqlConnection transaction, String tenant, List<TemplateChange> items, Map<UUID, Locked> locked) {
        Map<UUID, Long> stale = new HashMap<>();
        Set<UUID> chains = new HashSet<>();
        Set<UUID> moved = new HashSet<>();
        Set<UUID> leaving = new HashSet<>();
        Set<UUID> categories = new HashSet<>();
        List<String> names = new ArrayList<>();
        List<String> statuses = new ArrayList<>();
        for (TemplateChange item : items) {
            Locked row = locked.get(item.id());
            if (row == null) {
                continue;
            }
            if (item.expectedVersion() != null && item.expectedVersion() != row.version()) {
                stale.put(item.id(), item.expectedVersion());
            }
            if (item.set().has("parentId")) {
                UUID parent = RowChecks.id(item.set().path("parentId"));
                chains.add(item.id());
                moved.add(item.id());
                if (parent != null) {
                    chains.add(parent);
                }
            }
            UUID category = RowChecks.id(item.set().path("categoryId"));
            if (category != null) {
                categories.add(category);
            }
            if (RowChecks.goesOutOfUse(row.content(), item.set())) {
                leaving.add(item.id());
            }
            if (item.set().has("name") || item.set().has("status")) {
                names.add(item.set()
                        .path("name")
                        .asText(row.content().path("name").asText()));
                statuses.add(item.set()
                        .path("status")
                        .asText(row.content().path("status").asText()));
            }
        }
        return rows.changedSince(transaction, tenant, stale).chain(theirs -> rows.chains(transaction, tenant, chains)
                .chain(parents -> rows.heights(transaction, tenant, moved).chain(heights -> rows.dependents(
                                transaction, tenant, leaving)
                        .chain(dependents -> rows.named(transaction, tenant, names, statuses)
                                .chain(taken -> rows.categories(transaction, tenant, categories)
                                        .map(there -> new Known(
                                                locked, theirs, parents, heights, dependents, taken, there)))))));
    }

    private static Decided decided(List<TemplateChange> items, Known known, HeldItems held, ConflictStrategy strategy) {
        Decided decided = new Decided();
        ParentChanges parents = new ParentChanges(known.parents());
        Map<String, UUID> names = new HashMap<>(known.names());
        boolean aborted = false;
        for (TemplateChange item : items) {
            Locked locked = known.locked().get(item.id());
            if (aborted) {
                decided.results.add(Ends.afterAbort(item.id()));
                continue;
            }
            if (locked == null) {
                decided.results.add(ItemResult.failed("there is no template " + item.id())
                        .of(Ends.TARGET, String.valueOf(item.id())));
                continue;
            }
            // A template that a chunk holds twice is changed twice, one after the other: the second sees what the first
            // made of it.
            ObjectNode before = decided.changed.getOrDefault(item.id(), locked.content());
            ObjectNode row = before.deepCopy();
            List<Conflict> conflicts = new ArrayList<>();
            List<String> faults = TemplateField.faults(item.set());
            if (!faults.isEmpty()) {
                faults.forEach(fault -> conflicts.add(Conflict.integrity(fault)));
            } else {
                RowChecks.put(row, item.set());
                conflicts.addAll(version(item, locked, known, decided));
                conflicts.addAll(RowChecks.rules(before, item.set()));
                conflicts.addAll(RowChecks.dependents(
                        before, item.set(), known.dependents().getOrDefault(item.id(), new Dependents(0, 0, 0))));
                conflicts.addAll(RowChecks.together(row));
                conflicts.addAll(held.of(item));
                conflicts.addAll(place(item, row, known, parents));
                conflicts.addAll(name(item, row, names));
            }
            Resolution resolution = ConflictResolver.resolve(conflicts, strategy);
            if (!resolution.decision().applies()) {
                parents.withdraw(item.id());
                decided.results.add(Ends.notMade(resolution, item.id()));
                aborted = resolution.decision() == Resolution.Decision.ABORT;
                continue;
            }
            held.requireChanged(item, locked, decided.done);
            decided.done.add(item);
            names.remove(key(before), item.id());
            names.put(key(row), item.id());
            decided.changed.put(item.id(), row);
            if (item.set().has("tags")) {
                decided.tags.put(item.id(), item.set().path("tags"));
            }
            if (item.set().has("parentId")) {
                decided.moved.add(item.id());
            }
            decided.results.add(Ends.made(resolution, item.id(), "updated"));
        }
        return decided;
    }

    private static String key(ObjectNode row) {
        return TemplateRows.nameKey(
                row.path("name").asText(), row.path("status").asText());
    }

    private static List<Conflict> version(TemplateChange item, Locked locked, Known known, Decided decided) {
        Long expected = item.expectedVersion();
        if (expected == null || (expected == locked.version() && !decided.changed.containsKey(item.id()))) {
            return List.of();
        }
        if (expected == locked.version()) {
            return List.of(Conflict.version(expected, expected + 1, List.of(), ours(item)));
        }
        List<String> theirs = known.theirs().getOrDefault(item.id(), List.of()).stream()
                .flatMap(column -> TemplateField.ofColumn(column).stream())
                .map(TemplateField::json)
                .sorted()
                .toList();
        return List.of(Conflict.version(expected, locked.version(), theirs, ours(item)));
    }

    private static List<String> ours(TemplateChange item) {
        List<String> names = new ArrayList<>();
        item.set().fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<Conflict> place(TemplateChange item, ObjectNode row, Known known, ParentChanges parents) {
        List<Conflict> found = new ArrayList<>();
        UUID category = RowChecks.id(item.set().path("categoryId"));
        if (category != null && !known.categories().contains(category)) {
            found.add(Conflict.missing("there is no category " + category, "categoryId"));
        }
        if (!item.set().has("parentId")) {
            return found;
        }
        UUID parent = RowChecks.id(item.set().path("parentId"));
        if (parent != null && !known.parents().containsKey(parent)) {
            found.add(Conflict.missing("there is no template " + parent + " to inherit from", "parentId"));
            return found;
        }
        parents.propose(item.id(), parent);
        List<UUID> circle = parents.circleOf(item.id());
        if (!circle.isEmpty()) {
            found.add(Conflict.integrity(
                    "its parents would make a circle: "
                            + String.join(
                                    " -> ", circle.stream().map(UUID::toString).toList()),
                    "parentId"));
            return found;
        }
        int depth = parents.depthOf(item.id());
        int levels = depth + 1 + known.heights().getOrDefault(item.id(), 0);
        if (levels > ParentChanges.MAX_LEVELS) {
            found.add(Conflict.integrity(
                    "the chain would have " + levels + " levels, " + ParentChanges.MAX_LEVELS + " are allowed",
                    "parentId"));
        }
        row.put("depth", depth);
        return found;
    }

    private static List<Conflict> name(TemplateChange item, ObjectNode row, Map<String, UUID> names) {
        UUID other = names.get(key(row));
        return other == null || other.equals(item.id())
                ? List.of()
                : List.of(Conflict.integrity(
                        "the template " + other + " has this name and the status "
                                + row.path("status").asText(),
                        "name"));
    }

    private Uni<Void> write(SqlConnection transaction, String tenant, Decided decided, ItemContext context) {
        Set<UUID> ids = decided.changed.keySet();
        return backups.keep(transaction, tenant, context.batchId(), ids)
                .chain(() -> rows.update(
                        transaction, tenant, List.copyOf(decided.changed.values()), context.createdByName()))
                .chain(() -> rows.deepen(transaction, tenant, decided.moved))
                .chain(() -> rows.replaceTags(transaction, tenant, decided.tags))
                .chain(() ->
                        rows.audit(transaction, tenant, ids, "updated", context.createdByName(), context.batchId()))
                .chain(() -> ids.isEmpty() ? Uni.createFrom().voidItem() : changes.tell(transaction, tenant, ids));
    }
}
