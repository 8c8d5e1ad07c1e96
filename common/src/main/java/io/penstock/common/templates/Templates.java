package io.penstock.common.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.common.pool.DatabasePools;
import io.penstock.common.templates.bulk.Conflict;
import io.penstock.common.templates.bulk.ParentChanges;
import io.penstock.common.templates.bulk.RowChecks;
import io.penstock.common.templates.bulk.TemplateBulkConfig;
import io.penstock.common.templates.bulk.TemplateRows;
import io.penstock.common.templates.bulk.TemplateRows.Dependents;
import io.penstock.common.templates.bulk.TemplateRows.Locked;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes templates one at a time. Each call is one transaction: the row, its tags, what it was before (a trigger keeps that) and the line
 * of audit are there together or not at all. Afterwards the caches forget it and all that inherit from it.
 *
 * <p>What stands against a write is a {@link TemplateRefusedException}; what the tenant does not have a {@link NoSuchTemplateException}.
 */
@ApplicationScoped
public class Templates {

    /** Beside whoever moves templates of the tenant, not beside others who add some. */
    private static final String SHARE_TREE =
            "SELECT pg_advisory_xact_lock_shared(hashtextextended('course_template/' || $1, 0))";

    private static final String AUDIT =
            """
            INSERT INTO course_template_audit (tenant, template_id, action, person, version, detail)
            VALUES ($1, $2, $3, $4, $5, $6::text::jsonb)
            """;

    private static final String LOCK_TO_DELETE =
            "SELECT version, is_system, name FROM course_template WHERE tenant = $1 AND id = $2 FOR UPDATE";

    private static final String HANGS_ON =
            """
            SELECT (SELECT count(*) FROM course_template WHERE tenant = $1 AND parent_id = $2) AS children,
                (SELECT count(*) FROM course WHERE tenant = $1 AND template_id = $2) AS courses
            """;

    private static final String DELETE = "DELETE FROM course_template WHERE tenant = $1 AND id = $2";

    private final DatabasePools pools;
    private final TemplateRows rows;
    private final TemplateReads reads;
    private final TemplateCaches caches;
    private final TemplateBulkConfig config;

    @Inject
    public Templates(
            DatabasePools pools,
            TemplateRows rows,
            TemplateReads reads,
            TemplateCaches caches,
            TemplateBulkConfig config) {
        this.pools = pools;
        this.rows = rows;
        this.reads = reads;
        this.caches = caches;
        this.config = config;
    }

    /**
     * Makes a template.
     *
     * @param set fields without a fault, with a name
     */
    public Uni<Void> create(String tenant, UUID id, ObjectNode set, RuleSet.Strictness strictness, String by) {
        ObjectNode row = JsonNodeFactory.instance.objectNode().put("id", id.toString());
        RowChecks.put(row, set);
        UUID parent = RowChecks.id(set.path("parentId"));
        return pools.inTransaction(tx -> room(tx, tenant)
                        .chain(() -> parent == null ? none() : query(tx, SHARE_TREE, Tuple.of(tenant)))
                        .chain(() -> above(tx, tenant, parent))
                        .chain(chain -> {
                            refuseTooDeep(chain.size() + 1);
                            row.put("depth", chain.size());
                            return checked(tx, tenant, id, set, row, chain, strictness);
                        })
                        .chain(() -> rows.insert(tx, tenant, List.of(row), by))
                        .invoke(added -> {
                            if (added.isEmpty()) {
                                throw new TemplateRefusedException(Conflict.integrity(
                                        "another template has its id, or its name and status", "name"));
                            }
                        })
                        .chain(() -> rows.replaceTags(tx, tenant, tags(id, set)))
                        .chain(() -> audit(tx, tenant, id, "created", by, 1, set)))
                .call(() -> caches.changed(tenant, List.of()));
    }

    /**
     * Changes a template that is still what the caller saw.
     *
     * @param set fields without a fault; at least one
     */
    public Uni<Void> update(
            String tenant, UUID id, long expectedVersion, ObjectNode set, RuleSet.Strictness strictness, String by) {
        return pools.inTransaction(tx -> (set.has("parentId") ? rows.lockTree(tx, tenant) : none())
                        .chain(() -> rows.lock(tx, tenant, List.of(id)))
                        .map(locked -> seen(locked, id, expectedVersion))
                        .chain(locked -> changed(tx, tenant, locked, set, strictness))
                        .chain(row -> rows.update(tx, tenant, List.of(row), by))
                        .chain(() -> rows.deepen(tx, tenant, set.has("parentId") ? Set.of(id) : Set.of()))
                        .chain(() -> rows.replaceTags(tx, tenant, tags(id, set)))
                        .chain(() -> audit(tx, tenant, id, action(set), by, expectedVersion + 1, set)))
                .call(() -> caches.changed(tenant, List.of(id)));
    }

    /**
     * Removes a template that nothing hangs on, with its versions, tags and uses; the audit keeps that it was there.
     *
     * @param expectedVersion null: whatever is there
     */
    public Uni<Void> delete(String tenant, UUID id, @Nullable Long expectedVersion, String by) {
        return pools.inTransaction(tx -> tx.preparedQuery(LOCK_TO_DELETE)
                        .execute(Tuple.of(tenant, id))
                        .chain(found -> {
                            if (found.size() == 0) {
                                throw new NoSuchTemplateException(id);
                            }
                            var row = found.iterator().next();
                            long version = row.getLong("version");
                            refuseOther(expectedVersion, version);
                            if (row.getBoolean("is_system")) {
                                throw new TemplateRefusedException(Conflict.softRule("it is a system template"));
                            }
                            return hangsOn(tx, tenant, id)
                                    .chain(() -> query(tx, DELETE, Tuple.of(tenant, id)))
                                    .chain(() -> audit(
                                            tx,
                                            tenant,
                                            id,
                                            "deleted",
                                            by,
                                            version,
                                            JsonNodeFactory.instance
                                                    .objectNode()
                                                    .put("name", row.getString("name"))));
                        }))
                .call(() -> caches.changed(tenant, List.of(id)));
    }

    private static Uni<Void> hangsOn(SqlConnection tx, String tenant, UUID id) {
        return tx.preparedQuery(HANGS_ON).execute(Tuple.of(tenant, id)).map(found -> {
            var counts = found.iterator().next();
            if (counts.getLong("children") + counts.getLong("courses") > 0) {
                throw new TemplateRefusedException(Conflict.dependency(counts.getLong("children")
                        + " templates inherit from it, " + counts.getLong("courses") + " courses were made of it"));
            }
            return null;
        });
    }

    private static String action(ObjectNode set) {
        return set.size() == 1 && set.path("status").asText().equals("archived") ? "archived" : "updated";
    }

    private static Locked seen(Map<UUID, Locked> locked, UUID id, long expectedVersion) {
        Locked row = locked.get(id);
        if (row == null) {
            throw new NoSuchTemplateException(id);
        }
        refuseOther(expectedVersion, row.version());
        return row;
    }

    private static void refuseOther(@Nullable Long expected, long actual) {
        if (expected != null && expected != actual) {
            throw new TemplateRefusedException(Conflict.version(expected, actual, List.of(), List.of()));
        }
    }

    /** The row as it is to become, after nothing was found that stands against it. */
    private Uni<ObjectNode> changed(
            SqlConnection tx, String tenant, Locked locked, ObjectNode set, RuleSet.Strictness strictness) {
        ObjectNode before = locked.content();
        UUID id = locked.id();
        refuse(RowChecks.rules(before, set));
        boolean leaves = RowChecks.goesOutOfUse(before, set);
        return rows.dependents(tx, tenant, leaves ? Set.of(id) : Set.of())
                .invoke(on -> {
                    Dependents dependents = on.get(id);
                    if (dependents != null) {
                        refuse(RowChecks.dependents(before, set, dependents));
                    }
                })
                .chain(() -> reads.chain(tx, tenant, id))
                .chain(own -> {
                    ObjectNode row = own.rows().get(own.rows().size() - 1).deepCopy();
                    RowChecks.put(row, set);
                    if (!set.has("parentId")) {
                        List<ObjectNode> above =
                                own.rows().subList(0, own.rows().size() - 1);
                        return checked(tx, tenant, id, set, row, above, strictness)
                                .replaceWith(row);
                    }
                    UUID parent = RowChecks.id(set.path("parentId"));
                    return moved(tx, tenant, id, parent)
                            .invoke(above -> row.put("depth", above.size()))
                            .chain(above -> checked(tx, tenant, id, set, row, above, strictness))
                            .replaceWith(row);
                });
    }

    /** The chain above a template that gets another parent. */
    private Uni<List<ObjectNode>> moved(SqlConnection tx, String tenant, UUID id, @Nullable UUID parent) {
        return above(tx, tenant, parent)
                .chain(above -> rows.heights(tx, tenant, Set.of(id)).map(heights -> {
                    List<String> names = new ArrayList<>();
                    for (int i = above.size() - 1; i >= 0; i--) {
                        names.add(above.get(i).path("id").asText());
                        if (names.get(names.size() - 1).equals(id.toString())) {
                            throw new TemplateRefusedException(Conflict.integrity(
                                    "its parents would make a circle: " + id + " -> " + String.join(" -> ", names),
                                    "parentId"));
                        }
                    }
                    refuseTooDeep(above.size() + 1 + heights.getOrDefault(id, 0));
                    return above;
                }));
    }

    private Uni<List<ObjectNode>> above(SqlConnection tx, String tenant, @Nullable UUID parent) {
        if (parent == null) {
            return Uni.createFrom().item(List.of());
        }
        return reads.chain(tx, tenant, parent).map(chain -> {
            if (chain.rows().isEmpty()) {
                throw new TemplateRefusedException(
                        Conflict.missing("there is no template " + parent + " to inherit from", "parentId"));
            }
            return chain.rows();
        });
    }

    private static void refuseTooDeep(int levels) {
        if (levels > ParentChanges.MAX_LEVELS) {
            throw new TemplateRefusedException(Conflict.integrity(
                    "the chain would have " + levels + " levels, " + ParentChanges.MAX_LEVELS + " are allowed",
                    "parentId"));
        }
    }

    private Uni<Void> room(SqlConnection tx, String tenant) {
        return rows.count(tx, tenant, config.maxTemplates()).map(there -> {
            if (there >= config.maxTemplates()) {
                throw new TemplateRefusedException(
                        Conflict.resource("a tenant may have " + config.maxTemplates() + " templates"));
            }
            return null;
        });
    }

    /** What a row, which has its whole content, must be in itself and beside others. */
    private Uni<Void> checked(
            SqlConnection tx,
            String tenant,
            UUID id,
            ObjectNode set,
            ObjectNode row,
            List<ObjectNode> above,
            RuleSet.Strictness strictness) {
        refuse(RowChecks.together(row));
        UUID category = RowChecks.id(set.path("categoryId"));
        return rows.categories(tx, tenant, category == null ? Set.of() : Set.of(category))
                .invoke(there -> {
                    if (category != null && there.isEmpty()) {
                        throw new TemplateRefusedException(
                                Conflict.missing("there is no category " + category, "categoryId"));
                    }
                })
                .chain(() -> rows.named(
                        tx,
                        tenant,
                        List.of(row.path("name").asText()),
                        List.of(row.path("status").asText("draft"))))
                .invoke(named -> named.values().stream()
                        .filter(other -> !other.equals(id))
                        .findFirst()
                        .ifPresent(other -> {
                            throw new TemplateRefusedException(
                                    Conflict.integrity("the template " + other + " has this name and status", "name"));
                        }))
                .chain(() -> heldToRules(set, row, above, strictness));
    }

    /** Rules may come with patterns, which cost time: not here, but on a thread that may be kept busy. */
    private static Uni<Void> heldToRules(
            ObjectNode set, ObjectNode row, List<ObjectNode> above, RuleSet.Strictness strictness) {
        List<ObjectNode> chain = new ArrayList<>(above);
        chain.add(row);
        ObjectNode effective = Inheritance.resolve(chain).effective();
        if (!PropertyRules.apply(effective)) {
            return none();
        }
        return Uni.createFrom()
                .item(() -> PropertyRules.conflict(set, effective, strictness))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .map(conflict -> {
                    refuse(conflict.map(List::of).orElse(List.of()));
                    return null;
                });
    }

    private static void refuse(List<Conflict> conflicts) {
        if (!conflicts.isEmpty()) {
            throw new TemplateRefusedException(conflicts.get(0));
        }
    }

    private static Map<UUID, JsonNode> tags(UUID id, ObjectNode set) {
        Map<UUID, JsonNode> tags = new LinkedHashMap<>();
        if (set.has("tags")) {
            tags.put(id, Objects.requireNonNull(set.get("tags")));
        }
        return tags;
    }

    private static Uni<Void> audit(
            SqlConnection tx, String tenant, UUID id, String action, String by, long version, ObjectNode set) {
        ObjectNode detail = JsonNodeFactory.instance.objectNode();
        var fields = detail.putArray("fields");
        set.fieldNames().forEachRemaining(fields::add);
        if (action.equals("deleted")) {
            detail.setAll(set);
            detail.remove("fields");
        }
        return query(tx, AUDIT, Tuple.tuple(List.of(tenant, id, action, by, version, detail.toString())));
    }

    private static Uni<Void> query(SqlConnection tx, String statement, Tuple parameters) {
        return tx.preparedQuery(statement).execute(parameters).replaceWithVoid();
    }

    private static Uni<Void> none() {
        return Uni.createFrom().voidItem();
    }
}
