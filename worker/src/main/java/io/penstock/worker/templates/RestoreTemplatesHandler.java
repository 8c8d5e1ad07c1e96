package io.penstock.worker.templates;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.templates.TemplateChanges;
import io.penstock.common.templates.bulk.Conflict;
import io.penstock.common.templates.bulk.ConflictResolver;
import io.penstock.common.templates.bulk.ParentChanges;
import io.penstock.common.templates.bulk.Resolution;
import io.penstock.common.templates.bulk.TemplateBackups;
import io.penstock.common.templates.bulk.TemplateBackups.Kept;
import io.penstock.common.templates.bulk.TemplateBatches;
import io.penstock.common.templates.bulk.TemplateRestore;
import io.penstock.common.templates.bulk.TemplateRows;
import io.penstock.common.templates.bulk.TemplateRows.Locked;
import io.penstock.worker.batch.ItemContext;
import io.penstock.worker.batch.TransactionalBatchHandler;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Brings templates back to what they were before a bulk update. One that somebody changed since then is a conflict, as in an update. Their
 * versions go on: a version never stands for two contents.
 */
@ApplicationScoped
class RestoreTemplatesHandler implements TransactionalBatchHandler<TemplateRestore> {

    private final TemplateRows rows;
    private final TemplateBackups backups;
    private final TemplateChanges changes;
    private final TemplateMeters meters;

    @Inject
    RestoreTemplatesHandler(
            TemplateRows rows, TemplateBackups backups, TemplateChanges changes, TemplateMeters meters) {
        this.rows = rows;
        this.backups = backups;
        this.changes = changes;
        this.meters = meters;
    }

    /** What is known while the templates are locked. */
    private record Known(
            Map<UUID, Locked> locked,
            Map<UUID, Kept> kept,
            Map<UUID, @Nullable UUID> parents,
            Map<UUID, Integer> heights,
            Map<String, UUID> names,
            Set<UUID> categories) {}

    @Override
    public BatchType<TemplateRestore> type() {
        return TemplateBatches.RESTORE;
    }

    @Override
    public Uni<List<ItemResult>> handle(SqlConnection transaction, List<TemplateRestore> items, ItemContext context) {
        String tenant = Objects.requireNonNull(context.tenant(), "a batch of templates has a tenant");
        UUID from = items.get(0).batchId();
        List<UUID> ids = items.stream()
                .filter(item -> item.batchId().equals(from))
                .map(TemplateRestore::id)
                .toList();
        return rows.lockTree(transaction, tenant)
                .chain(() -> rows.lock(transaction, tenant, ids))
                .chain(locked -> backups.kept(transaction, tenant, from, ids)
                        .chain(kept -> known(transaction, tenant, locked, kept)))
                .chain(known -> {
                    Set<UUID> back = new LinkedHashSet<>();
                    List<ItemResult> results = results(items, from, known, context, back);
                    return backups.restore(transaction, tenant, from, back, context.createdByName(), context.batchId())
                            .chain(() -> rows.deepen(transaction, tenant, back))
                            .chain(() -> rows.audit(
                                    transaction, tenant, back, "restored", context.createdByName(), context.batchId()))
                            .chain(() -> back.isEmpty()
                                    ? Uni.createFrom().voidItem()
                                    : changes.tell(transaction, tenant, back))
                            .replaceWith(results);
                })
                .invoke(results -> meters.count("restore", results));
    }

    private Uni<Known> known(SqlConnection transaction, String tenant, Map<UUID, Locked> locked, Map<UUID, Kept> kept) {
        Set<UUID> chains = new HashSet<>(kept.keySet());
        Set<UUID> categories = new HashSet<>();
        List<String> names = new ArrayList<>();
        List<String> statuses = new ArrayList<>();
        kept.values().forEach(each -> {
            if (each.parentId() != null) {
                chains.add(each.parentId());
            }
            if (each.categoryId() != null) {
                categories.add(each.categoryId());
            }
            names.add(each.name());
            statuses.add(each.status());
        });
        return rows.chains(transaction, tenant, chains)
                .chain(parents -> rows.heights(transaction, tenant, kept.keySet())
                        .chain(heights -> rows.named(transaction, tenant, names, statuses)
                                .chain(taken -> rows.categories(transaction, tenant, categories)
                                        .map(there -> new Known(locked, kept, parents, heights, taken, there)))));
    }

    private static List<ItemResult> results(
            List<TemplateRestore> items, UUID from, Known known, ItemContext context, Set<UUID> back) {
        ParentChanges parents = new ParentChanges(known.parents());
        Map<String, UUID> names = new HashMap<>(known.names());
        List<ItemResult> results = new ArrayList<>();
        boolean aborted = false;
        for (TemplateRestore item : items) {
            Kept kept = known.kept().get(item.id());
            Locked locked = known.locked().get(item.id());
            String id = item.id().toString();
            if (aborted) {
                results.add(Ends.afterAbort(item.id()));
            } else if (!item.batchId().equals(from) || kept == null) {
                results.add(ItemResult.failed("there is no backup of it").of(Ends.TARGET, id));
            } else if (locked == null) {
                results.add(ItemResult.failed("the template is gone").of(Ends.TARGET, id));
            } else if (kept.restored()) {
                results.add(ItemResult.skipped("it was restored before").of(Ends.TARGET, id));
            } else {
                Resolution resolution =
                        ConflictResolver.resolve(conflicts(kept, locked, known, parents, names), context.conflict());
                if (resolution.decision().applies()) {
                    names.put(TemplateRows.nameKey(kept.name(), kept.status()), kept.templateId());
                    back.add(item.id());
                    results.add(Ends.made(resolution, item.id(), "restored"));
                } else {
                    parents.withdraw(item.id());
                    results.add(Ends.notMade(resolution, item.id()));
                    aborted = resolution.decision() == Resolution.Decision.ABORT;
                }
            }
        }
        return results;
    }

    private static List<Conflict> conflicts(
            Kept kept, Locked locked, Known known, ParentChanges parents, Map<String, UUID> names) {
        List<Conflict> found = new ArrayList<>();
        if (locked.version() != kept.newVersion()) {
            found.add(Conflict.version(kept.newVersion(), locked.version(), List.of(), List.of()));
        }
        if (kept.categoryId() != null && !known.categories().contains(kept.categoryId())) {
            found.add(Conflict.missing("its category is gone", "categoryId"));
        }
        UUID other = names.get(TemplateRows.nameKey(kept.name(), kept.status()));
        if (other != null && !other.equals(kept.templateId())) {
            found.add(Conflict.integrity("the template " + other + " has its name and status now", "name"));
        }
        UUID parent = kept.parentId();
        if (parent != null && !known.parents().containsKey(parent)) {
            found.add(Conflict.missing("its parent is gone", "parentId"));
            return found;
        }
        parents.propose(kept.templateId(), parent);
        List<UUID> circle = parents.circleOf(kept.templateId());
        if (!circle.isEmpty()) {
            found.add(Conflict.integrity(
                    "its parents would make a circle: "
                            + String.join(
                                    " -> ", circle.stream().map(UUID::toString).toList()),
                    "parentId"));
        } else if (parents.depthOf(kept.templateId()) + 1 + known.heights().getOrDefault(kept.templateId(), 0)
                > ParentChanges.MAX_LEVELS) {
            found.add(Conflict.integrity("its chain would have too many levels", "parentId"));
        }
        return found;
    }
}
