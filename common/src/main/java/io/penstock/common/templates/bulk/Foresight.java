package io.penstock.common.templates.bulk;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.batch.BatchStore;
import io.penstock.common.pool.DatabasePools;
import io.penstock.common.templates.bulk.Prediction.Observed;
import io.penstock.common.templates.bulk.Prediction.Overlap;
import io.penstock.common.templates.bulk.TemplateRows.Dependents;
import io.penstock.common.templates.bulk.TemplateRows.Seen;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks at what an operation would touch and meet, before it is made. Changes nothing; asks the pool for analyses. */
@ApplicationScoped
public class Foresight {

    private static final Duration RECENT = Duration.ofHours(2);
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private static final String IMPACT =
            """
            WITH RECURSIVE asked AS (
                SELECT id, usage_count FROM course_template WHERE tenant = $1 AND id = ANY ($2)
            ), below AS (
                SELECT id, 0 AS level FROM asked
                UNION
                SELECT c.id, b.level + 1 FROM below b JOIN course_template c ON c.tenant = $1 AND c.parent_id = b.id
                WHERE b.level < 10
            ), touched AS (
                SELECT DISTINCT id FROM below
            ), others AS (
                SELECT t.id, t.status FROM touched d JOIN course_template t ON t.tenant = $1 AND t.id = d.id
                WHERE t.id NOT IN (SELECT id FROM asked)
            ), open AS (
                SELECT c.id FROM touched d JOIN course c ON c.tenant = $1 AND c.template_id = d.id
                WHERE c.status IN ('planned', 'running')
            )
            SELECT (SELECT count(*) FROM asked) AS templates,
                (SELECT count(*) FROM others) AS descendants,
                (SELECT count(*) FROM others WHERE status = 'active') AS active,
                (SELECT count(*) FROM open) AS courses,
                (SELECT count(*) FROM open o JOIN course_schedule s ON s.tenant = $1 AND s.course_id = o.id
                    WHERE s.ends_at > now()) AS schedules,
                (SELECT count(*) FROM asked WHERE usage_count > 10) AS popular
            """;

    private final DatabasePools pools;
    private final TemplateRows rows;
    private final BatchStore batches;
    private final TemplateBulkConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    public Foresight(DatabasePools pools, TemplateRows rows, BatchStore batches, TemplateBulkConfig config) {
        this.pools = pools;
        this.rows = rows;
        this.batches = batches;
        this.config = config;
    }

    /** What a change of these templates would touch. */
    public Uni<Impact> impact(String tenant, Collection<UUID> ids) {
        return pools.analytics(pool -> pool.preparedQuery(IMPACT)
                .execute(Tuple.of(tenant, TemplateRows.array(ids)))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .map(found -> impact(found.iterator().next(), Set.copyOf(ids).size())));
    }

    private static Impact impact(Row row, long asked) {
        long templates = row.getLong("templates");
        return Impact.of(
                templates,
                asked - templates,
                row.getLong("descendants"),
                row.getLong("active"),
                row.getLong("courses"),
                row.getLong("schedules"),
                row.getLong("popular"));
    }

    /** Conflicts that changes are likely to meet. */
    public Uni<List<PredictedConflict>> ofChanges(String tenant, List<TemplateChange> changes) {
        List<UUID> ids = changes.stream().map(TemplateChange::id).toList();
        List<UUID> leaving = changes.stream()
                .filter(change -> List.of("archived", "deprecated")
                        .contains(change.set().path("status").asText()))
                .map(TemplateChange::id)
                .toList();
        return pools.analytics(pool -> observed(pool, tenant, ids, leaving, changes)
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .map(Prediction::of));
    }

    /** Conflicts that a deletion is likely to meet. */
    public Uni<List<PredictedConflict>> ofDeletion(String tenant, List<UUID> ids) {
        return pools.analytics(pool -> observed(pool, tenant, ids, ids, List.of())
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .map(Prediction::of));
    }

    /** Conflicts that new templates are likely to meet. */
    public Uni<List<PredictedConflict>> ofNew(String tenant, List<TemplateChange> items) {
        return pools.analytics(pool -> parents(pool, tenant, items)
                .chain(circles -> rows.count(pool, tenant, config.maxTemplates() + 1)
                        .map(used -> Prediction.of(new Observed(
                                List.of(),
                                Map.of(),
                                circles,
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                used,
                                config.maxTemplates(),
                                items.size())))));
    }

    private Uni<Observed> observed(
            Pool pool, String tenant, List<UUID> ids, List<UUID> leaving, List<TemplateChange> changes) {
        return rows.existing(pool, tenant, ids).chain(seen -> rows.dependents(pool, tenant, leaving)
                .chain(dependents -> parents(pool, tenant, changes).chain(circles -> batches.sharing(
                                tenant,
                                TemplateBatches.CHANGING,
                                ids.stream().map(UUID::toString).toList())
                        .map(overlaps -> observed(ids, leaving, changes, seen, dependents, circles, overlaps)))));
    }

    private Observed observed(
            List<UUID> ids,
            List<UUID> leaving,
            List<TemplateChange> changes,
            Map<UUID, Seen> seen,
            Map<UUID, Dependents> dependents,
            List<List<String>> circles,
            List<BatchStore.Sharing> overlaps) {
        Set<UUID> asked = Set.copyOf(ids);
        Instant recent = clock.instant().minus(RECENT);
        Map<String, Long> orphaned = new HashMap<>();
        for (UUID id : leaving) {
            Dependents on = dependents.get(id);
            if (on != null && on.children() > 0) {
                orphaned.put(id.toString(), on.children());
            }
        }
        List<String> stale = changes.stream()
                .filter(change -> change.expectedVersion() != null
                        && seen.containsKey(change.id())
                        && !change.expectedVersion().equals(version(seen, change.id())))
                .map(change -> change.id().toString())
                .toList();
        return new Observed(
                overlaps.stream()
                        .map(each ->
                                new Overlap(each.batchId().toString(), each.running(), each.values(), each.count()))
                        .toList(),
                orphaned,
                circles,
                stale,
                texts(asked.stream().filter(id -> !seen.containsKey(id)).collect(Collectors.toSet())),
                texts(seen.values().stream()
                        .filter(Seen::isSystem)
                        .map(Seen::id)
                        .collect(Collectors.toSet())),
                texts(seen.values().stream()
                        .filter(each -> each.updatedAt().isAfter(recent))
                        .map(Seen::id)
                        .collect(Collectors.toSet())),
                0,
                0,
                0);
    }

    private static @Nullable Long version(Map<UUID, Seen> seen, UUID id) {
        Seen one = seen.get(id);
        return one == null ? null : one.version();
    }

    private Uni<List<List<String>>> parents(Pool pool, String tenant, List<TemplateChange> changes) {
        List<UUID> start = new ArrayList<>();
        for (TemplateChange change : changes) {
            JsonNode parent = change.set().path("parentId");
            if (parent.isTextual()) {
                start.add(change.id());
                start.add(UUID.fromString(parent.textValue()));
            }
        }
        return rows.chains(pool, tenant, start).map(known -> {
            ParentChanges proposed = new ParentChanges(known);
            changes.stream()
                    .filter(change -> change.set().has("parentId"))
                    .forEach(change -> proposed.propose(change.id(), BulkChecks.parentOf(change)));
            return proposed.circles().stream().map(Foresight::texts).toList();
        });
    }

    private static List<String> texts(Collection<UUID> ids) {
        List<String> all = ids.stream().map(UUID::toString).toList();
        return ids instanceof List ? all : all.stream().sorted().toList();
    }
}
