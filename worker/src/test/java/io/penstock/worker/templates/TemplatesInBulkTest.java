package io.penstock.worker.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchItem;
import io.penstock.common.batch.BatchSpec;
import io.penstock.common.batch.BatchStatus;
import io.penstock.common.batch.BatchStore;
import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.Batches;
import io.penstock.common.batch.ConflictStrategy;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.batch.ItemStatus;
import io.penstock.common.queue.StrictMapper;
import io.penstock.common.templates.TemplateCaches;
import io.penstock.common.templates.TemplateView;
import io.penstock.common.templates.bulk.Foresight;
import io.penstock.common.templates.bulk.Impact;
import io.penstock.common.templates.bulk.PredictedConflict;
import io.penstock.common.templates.bulk.TemplateBatches;
import io.penstock.common.templates.bulk.TemplateChange;
import io.penstock.common.templates.bulk.TemplateRestore;
import io.penstock.common.testing.ServersResource;
import io.penstock.worker.batch.ItemContext;
import io.penstock.worker.batch.TransactionalBatchHandler;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bulk operations on templates, worked off by a whole worker. Each test has a tenant of its own. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class TemplatesInBulkTest {

    /** All of a row but what a change always changes. */
    private static final String CONTENT =
            """
            SELECT (to_jsonb(t) - '{version,previous_version,updated_at,updated_by}'::text[])::text AS content
            FROM course_template t WHERE tenant = $1 ORDER BY id
            """;

    /** Rules that ask for a room. */
    private static final String ROOM =
            ",\"validationRules\":{\"required\":[\"room\"],\"properties\":{\"room\":{\"type\":\"string\"}}}";

    private static final ObjectMapper EXACT = StrictMapper.exact(new ObjectMapper());

    @Inject
    Batches batches;

    @Inject
    BatchStore store;

    @Inject
    Foresight foresight;

    @Inject
    TemplateCaches caches;

    @Inject
    UpdateTemplatesHandler update;

    @Inject
    Pool pool;

    private final String tenant = "tenant-" + UUID.randomUUID();

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(60));
    }

    private List<Row> sql(String statement, Object... parameters) {
        return get(query(statement, parameters));
    }

    private Uni<List<Row>> query(String statement, Object... parameters) {
        return pool.preparedQuery(statement)
                .execute(Tuple.from(Arrays.asList(parameters)))
                .map(found -> {
                    List<Row> rows = new ArrayList<>();
                    found.forEach(rows::add);
                    return rows;
                });
    }

    /** What a read answers, asked again where its connection was cut. */
    private static <T> T read(Uni<T> read) {
        return get(read.onFailure().retry().atMost(5));
    }

    private long count(String statement, Object... parameters) {
        return sql(statement, parameters).get(0).getLong(0);
    }

    private static JsonNode tree(String text) {
        try {
            return EXACT.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private Batch run(BatchType<?> type, ConflictStrategy strategy, List<?> items) {
        return awaitEnd(begin(type, strategy, items));
    }

    private Batch begin(BatchType<?> type, ConflictStrategy strategy, List<?> items) {
        return get(batches.create(BatchSpec.of(type)
                .ofTenant(tenant)
                .withConflict(strategy)
                .withItems(items.stream()
                        .map(item -> EXACT.<JsonNode>valueToTree(item))
                        .toList())));
    }

    private Batch runPartial(BatchType<?> type, List<?> items) {
        return awaitEnd(get(batches.create(BatchSpec.of(type)
                .ofTenant(tenant)
                .withConfig(tree("{\"validation\":\"partial\"}"))
                .withItems(items.stream()
                        .map(item -> EXACT.<JsonNode>valueToTree(item))
                        .toList()))));
    }

    private Batch awaitEnd(Batch made) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> read(store.find(made.id())).orElseThrow().status().isEnd());
        return read(store.find(made.id())).orElseThrow();
    }

    /** By template, what became of it. */
    private Map<UUID, BatchItem> outcomes(Batch batch) {
        Map<UUID, BatchItem> all = new HashMap<>();
        long after = -1;
        List<BatchItem> page;
        do {
            page = read(store.items(batch, after, null, 200));
            for (BatchItem item : page) {
                assertThat(all.put(UUID.fromString(String.valueOf(item.targetId())), item))
                        .isNull();
                after = item.item();
            }
        } while (page.size() == 200);
        return all;
    }

    private TemplateChange template(UUID id, String name, String more) {
        return new TemplateChange(id, null, tree("{\"name\":\"" + name + "\"" + more + "}"));
    }

    private List<UUID> make(int number) {
        List<UUID> ids =
                IntStream.range(0, number).mapToObj(i -> UUID.randomUUID()).toList();
        List<TemplateChange> items = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            items.add(template(ids.get(i), "t" + i, ",\"durationMinutes\":10,\"price\":1"));
        }
        assertThat(run(TemplateBatches.CREATE, ConflictStrategy.SKIP, items).status())
                .isEqualTo(BatchStatus.COMPLETED);
        return ids;
    }

    @Test
    void everyNewTemplateHasAnOutcomeOfItsOwn() {
        UUID top = UUID.randomUUID();
        UUID child = UUID.randomUUID();
        UUID orphan = UUID.randomUUID();
        UUID twice = UUID.randomUUID();
        UUID cheap = UUID.randomUUID();
        Batch batch = run(
                TemplateBatches.CREATE,
                ConflictStrategy.SKIP,
                List.of(
                        template(top, "top", ",\"tags\":[\"new\",{\"name\":\"year\",\"value\":\"2027\"}]"),
                        template(child, "child", ",\"parentId\":\"" + top + "\",\"status\":\"active\""),
                        template(orphan, "orphan", ",\"parentId\":\"" + UUID.randomUUID() + "\""),
                        template(twice, "top", ""),
                        template(cheap, "cheap", ",\"price\":-1")));

        Map<UUID, BatchItem> outcomes = outcomes(batch);
        assertThat(batch.status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(batch.result()).containsEntry("created", 2L);
        assertThat(outcomes.get(top).status()).isEqualTo(ItemStatus.COMPLETED);
        assertThat(outcomes.get(child).status()).isEqualTo(ItemStatus.COMPLETED);
        assertThat(outcomes.get(orphan).error()).contains("no template");
        assertThat(outcomes.get(twice).error()).contains("has this name");
        assertThat(outcomes.get(cheap).error()).contains("price: must not be negative");
        assertThat(count("SELECT depth::bigint FROM course_template WHERE tenant = $1 AND id = $2", tenant, child))
                .isEqualTo(1);
        assertThat(count("SELECT count(*) FROM course_template_tag WHERE tenant = $1", tenant))
                .isEqualTo(2);
        assertThat(count("SELECT count(*) FROM course_template_audit WHERE tenant = $1 AND action = 'created'", tenant))
                .isEqualTo(2);
    }

    @Test
    void aChainHasTenLevelsAndWhatContradictsItselfFailsAlone() {
        List<UUID> ids = IntStream.range(0, 12).mapToObj(i -> UUID.randomUUID()).toList();
        List<TemplateChange> items = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            items.add(template(ids.get(i), "l" + i, i == 0 ? "" : ",\"parentId\":\"" + ids.get(i - 1) + "\""));
        }
        UUID contrary = UUID.randomUUID();
        items.add(template(contrary, "contrary", ",\"minParticipants\":5,\"maxParticipants\":4"));

        Map<UUID, BatchItem> outcomes = outcomes(run(TemplateBatches.CREATE, ConflictStrategy.OVERRIDE, items));

        assertThat(outcomes.get(ids.get(9)).status()).isEqualTo(ItemStatus.COMPLETED);
        assertThat(outcomes.get(ids.get(10)).error()).contains("level 11 of a chain, 10 are allowed");
        assertThat(outcomes.get(ids.get(11)).error()).contains("no template " + ids.get(10));
        assertThat(outcomes.get(contrary).error()).contains("minParticipants 5 is more than maxParticipants 4");
        assertThat(count("SELECT count(*) FROM course_template WHERE tenant = $1", tenant))
                .isEqualTo(10);
    }

    @Test
    void anotherTenantsTemplateIsNoParentAndIsNotChanged() {
        UUID foreign = UUID.randomUUID();
        sql(
                "INSERT INTO course_template (tenant, id, kind, name, created_by, updated_by) VALUES ($1, $2, 'base', 'theirs', 'x', 'x')",
                tenant + "-other",
                foreign);
        UUID own = UUID.randomUUID();

        Batch made = run(
                TemplateBatches.CREATE,
                ConflictStrategy.OVERRIDE,
                List.of(template(own, "mine", ",\"parentId\":\"" + foreign + "\"")));
        Batch changed = run(
                TemplateBatches.UPDATE,
                ConflictStrategy.OVERRIDE,
                List.of(new TemplateChange(foreign, null, tree("{\"name\":\"taken\"}"))));

        assertThat(outcomes(made).get(own).error()).contains("no template " + foreign);
        assertThat(outcomes(changed).get(foreign).error()).isEqualTo("there is no template " + foreign);
        assertThat(sql("SELECT name FROM course_template WHERE id = $1", foreign)
                        .get(0)
                        .getString(0))
                .isEqualTo("theirs");
    }

    @ParameterizedTest
    @CsvSource({
        // strategy, other field changed, same field changed, the untouched one
        "SKIP,     SKIPPED,   SKIPPED,   COMPLETED",
        "OVERRIDE, COMPLETED, COMPLETED, COMPLETED",
        "MERGE,    COMPLETED, FAILED,    COMPLETED",
        "ABORT,    FAILED,    SKIPPED,   SKIPPED",
    })
    void aChangeThatCameInBetweenIsDealtWithAsTheStrategySays(
            ConflictStrategy strategy, ItemStatus apart, ItemStatus same, ItemStatus untouched) {
        List<UUID> ids = make(3);
        sql(
                "UPDATE course_template SET duration_minutes = 99, version = version + 1 WHERE tenant = $1 AND id = $2",
                tenant,
                ids.get(0));
        sql(
                "UPDATE course_template SET price = 99, version = version + 1 WHERE tenant = $1 AND id = $2",
                tenant,
                ids.get(1));

        Batch batch = run(
                TemplateBatches.UPDATE,
                strategy,
                ids.stream()
                        .map(id -> new TemplateChange(id, 1L, tree("{\"price\":5}")))
                        .toList());

        Map<UUID, BatchItem> outcomes = outcomes(batch);
        assertThat(outcomes.get(ids.get(0)).status()).isEqualTo(apart);
        assertThat(outcomes.get(ids.get(1)).status()).isEqualTo(same);
        assertThat(outcomes.get(ids.get(2)).status()).isEqualTo(untouched);
        assertThat(count(
                        "SELECT duration_minutes::bigint FROM course_template WHERE tenant = $1 AND id = $2",
                        tenant,
                        ids.get(0)))
                .isEqualTo(99);
        assertThat(count("SELECT price::bigint FROM course_template WHERE tenant = $1 AND id = $2", tenant, ids.get(0)))
                .isEqualTo(apart == ItemStatus.COMPLETED ? 5 : 1);
        assertThat(count("SELECT price::bigint FROM course_template WHERE tenant = $1 AND id = $2", tenant, ids.get(1)))
                .isEqualTo(same == ItemStatus.COMPLETED ? 5 : 99);
        assertThat(count(
                        "SELECT count(*) FROM course_template_backup WHERE tenant = $1 AND batch_id = $2",
                        tenant,
                        batch.id()))
                .isEqualTo(outcomes.values().stream()
                        .filter(each -> each.status() == ItemStatus.COMPLETED)
                        .count());
    }

    @Test
    void aCircleOfParentsIsNamedAndNotMade() {
        List<UUID> ids = make(3);

        Batch batch = run(
                TemplateBatches.UPDATE,
                ConflictStrategy.OVERRIDE,
                List.of(
                        new TemplateChange(ids.get(0), null, tree("{\"parentId\":\"" + ids.get(1) + "\"}")),
                        new TemplateChange(ids.get(1), null, tree("{\"parentId\":\"" + ids.get(2) + "\"}")),
                        new TemplateChange(ids.get(2), null, tree("{\"parentId\":\"" + ids.get(0) + "\"}"))));

        Map<UUID, BatchItem> outcomes = outcomes(batch);
        assertThat(outcomes.get(ids.get(2)).status()).isEqualTo(ItemStatus.FAILED);
        assertThat(outcomes.get(ids.get(2)).error()).contains("circle").contains(ids.get(0) + " -> " + ids.get(1));
        assertThat(count("SELECT depth::bigint FROM course_template WHERE tenant = $1 AND id = $2", tenant, ids.get(0)))
                .isEqualTo(2);
    }

    @Test
    void depthsAreRightAlsoWhereAWholeChainMovesAtOnceAndComesBack() {
        List<UUID> ids = make(4);
        String depths = "SELECT string_agg(depth::text, ' ' ORDER BY name) FROM course_template WHERE tenant = $1";

        Batch update = run(
                TemplateBatches.UPDATE,
                ConflictStrategy.SKIP,
                List.of(
                        new TemplateChange(ids.get(2), null, tree("{\"parentId\":\"" + ids.get(1) + "\"}")),
                        new TemplateChange(ids.get(3), null, tree("{\"parentId\":\"" + ids.get(2) + "\"}")),
                        new TemplateChange(ids.get(1), null, tree("{\"parentId\":\"" + ids.get(0) + "\"}"))));
        String after = sql(depths, tenant).get(0).getString(0);
        run(
                TemplateBatches.RESTORE,
                ConflictStrategy.SKIP,
                List.of(new TemplateRestore(ids.get(1), update.id()), new TemplateRestore(ids.get(3), update.id())));

        assertThat(after).isEqualTo("0 1 2 3");
        // The one between is still below the first of those that came back.
        assertThat(sql(depths, tenant).get(0).getString(0)).isEqualTo("0 0 1 0");
    }

    @Test
    void whatHangsOnATemplateIsSeenBeforeAndStandsAgainstItsArchiving() {
        List<UUID> ids = make(2);
        UUID course = UUID.randomUUID();
        sql(
                "UPDATE course_template SET parent_id = $2, depth = 1, status = 'active' WHERE tenant = $1 AND id = $3",
                tenant,
                ids.get(0),
                ids.get(1));
        sql(
                "INSERT INTO course (tenant, id, template_id, template_version, name) VALUES ($1, $2, $3, 1, 'c')",
                tenant,
                course,
                ids.get(1));
        sql(
                "INSERT INTO course_schedule (tenant, id, course_id, starts_at, ends_at) VALUES ($1, $2, $3, now(), now() + interval '1 day')",
                tenant,
                UUID.randomUUID(),
                course);

        Impact impact = get(foresight.impact(tenant, List.of(ids.get(0), UUID.randomUUID())));
        List<PredictedConflict> predicted = get(foresight.ofDeletion(tenant, List.of(ids.get(0))));
        Batch batch = run(
                TemplateBatches.UPDATE,
                ConflictStrategy.SKIP,
                List.of(new TemplateChange(ids.get(0), null, tree("{\"status\":\"archived\"}"))));

        assertThat(impact.templates()).isEqualTo(1);
        assertThat(impact.missing()).isEqualTo(1);
        assertThat(impact.activeDescendants()).isEqualTo(1);
        assertThat(impact.courses()).isEqualTo(1);
        assertThat(impact.schedules()).isEqualTo(1);
        assertThat(impact.risk()).isEqualTo(Impact.Risk.CRITICAL);
        assertThat(predicted.get(0).probability()).isEqualTo(0.9);
        assertThat(outcomes(batch).get(ids.get(0)).error()).contains("1 active templates inherit from it");
    }

    @Test
    void anOperationThatSharesTemplatesWithAnotherIsForeseen() {
        List<UUID> ids = make(1);
        Batch waiting = get(batches.create(BatchSpec.builder(TemplateBatches.UPDATE.name())
                .tenant(tenant)
                .startAt(Instant.now().plusSeconds(3_600))
                .items(List.of(EXACT.valueToTree(new TemplateChange(ids.get(0), null, tree("{\"price\":2}")))))
                .build()));

        List<PredictedConflict> predicted = get(foresight.ofChanges(
                tenant, List.of(new TemplateChange(ids.get(0), 7L, tree("{\"parentId\":\"" + ids.get(0) + "\"}")))));

        assertThat(predicted).extracting(PredictedConflict::probability).containsExactly(1.0, 1.0, 0.6, 0.3);
        assertThat(predicted).anySatisfy(each -> assertThat(each.what())
                .contains(waiting.id().toString()));
        get(batches.cancel(waiting.id()));
    }

    @Test
    void whatWasChangedComesBackByteForByte() {
        UUID parent = UUID.randomUUID();
        UUID id = UUID.randomUUID();
        run(
                TemplateBatches.CREATE,
                ConflictStrategy.SKIP,
                List.of(
                        template(parent, "parent", ""),
                        template(
                                id,
                                "caf\u00e9 \ud83d\ude80 \u202eabc e\u0301",
                                ",\"parentId\":\"" + parent
                                        + "\",\"price\":1234567890.10,\"tags\":[{\"name\":\"\u00df\",\"value\":\"\\u0001\"}],"
                                        + "\"dynamicProperties\":{\"z\":9007199254740993,\"a\":1.0,\"aa\":1.00,\"b\":1e30,"
                                        + "\"n\":null,\"\ud83d\ude80\":[{},[],\"\\u2028\\\"\\\\\"],"
                                        + "\"big\":123456789012345678901234567890.123456789012345678901234567890}")));
        String before = sql(CONTENT, tenant).toString();
        List<String> was =
                sql(CONTENT, tenant).stream().map(row -> row.getString(0)).toList();
        String tags = "SELECT jsonb_agg(to_jsonb(g) ORDER BY name)::text FROM course_template_tag g WHERE tenant = $1";
        String tagsBefore = sql(tags, tenant).get(0).getString(0);

        Batch update = run(
                TemplateBatches.UPDATE,
                ConflictStrategy.SKIP,
                List.of(
                        new TemplateChange(
                                id,
                                1L,
                                tree(
                                        "{\"name\":\"plain\",\"parentId\":null,\"price\":null,\"tags\":[],\"dynamicProperties\":{}}"))));
        assertThat(sql(CONTENT, tenant).stream().map(row -> row.getString(0)).toList())
                .isNotEqualTo(was);
        Batch restore =
                run(TemplateBatches.RESTORE, ConflictStrategy.SKIP, List.of(new TemplateRestore(id, update.id())));

        assertThat(restore.result()).containsEntry("restored", 1L);
        assertThat(before).isNotEmpty();
        assertThat(sql(CONTENT, tenant).stream().map(row -> row.getString(0)).toList())
                .isEqualTo(was);
        assertThat(was.toString())
                .contains("9007199254740993", "1.00", "123456789012345678901234567890.123456789012345678901234567890");
        assertThat(sql(tags, tenant).get(0).getString(0)).isEqualTo(tagsBefore);
        assertThat(count("SELECT version FROM course_template WHERE tenant = $1 AND id = $2", tenant, id))
                .isEqualTo(3);
        Batch again =
                run(TemplateBatches.RESTORE, ConflictStrategy.OVERRIDE, List.of(new TemplateRestore(id, update.id())));
        assertThat(outcomes(again).get(id).error()).contains("restored before");
    }

    @Test
    void whatSomebodyChangedSinceIsNotTakenBackUnlessThatIsAskedFor() {
        List<UUID> ids = make(1);
        Batch update = run(
                TemplateBatches.UPDATE,
                ConflictStrategy.SKIP,
                List.of(new TemplateChange(ids.get(0), 1L, tree("{\"price\":5}"))));
        sql("UPDATE course_template SET price = 6, version = version + 1 WHERE tenant = $1", tenant);
        List<TemplateRestore> back = List.of(new TemplateRestore(ids.get(0), update.id()));

        assertThat(outcomes(run(TemplateBatches.RESTORE, ConflictStrategy.SKIP, back))
                        .get(ids.get(0))
                        .status())
                .isEqualTo(ItemStatus.SKIPPED);
        assertThat(count("SELECT price::bigint FROM course_template WHERE tenant = $1", tenant))
                .isEqualTo(6);
        assertThat(outcomes(run(TemplateBatches.RESTORE, ConflictStrategy.OVERRIDE, back))
                        .get(ids.get(0))
                        .status())
                .isEqualTo(ItemStatus.COMPLETED);
        assertThat(count("SELECT price::bigint FROM course_template WHERE tenant = $1", tenant))
                .isEqualTo(1);
    }

    @Test
    void rulesThatAreNoSchemaFailThatTemplateAlone() {
        UUID ruled = UUID.randomUUID();
        UUID wrong = UUID.randomUUID();
        Map<UUID, BatchItem> made = outcomes(run(
                TemplateBatches.CREATE,
                ConflictStrategy.SKIP,
                List.of(
                        template(
                                ruled,
                                "ruled",
                                ",\"validationRules\":{\"required\":[\"name\"]},\"dynamicProperties\":{\"name\":1}"),
                        template(wrong, "wrong", ",\"validationRules\":{\"type\":\"nothing\"}"))));
        assertThat(made.get(ruled).status()).isEqualTo(ItemStatus.COMPLETED);
        assertThat(made.get(wrong).error()).contains("validationRules: is no JSON Schema");

        Map<UUID, BatchItem> changed = outcomes(run(
                TemplateBatches.UPDATE,
                ConflictStrategy.OVERRIDE,
                List.of(new TemplateChange(
                        ruled, 1L, tree("{\"validationRules\":{\"$ref\":\"https://example.org\"}}")))));
        assertThat(changed.get(ruled).status()).isNotEqualTo(ItemStatus.COMPLETED);
        assertThat(changed.get(ruled).error()).contains("validationRules: $ref may only be");
    }

    private static TemplateChange change(UUID id, String set) {
        return new TemplateChange(id, null, tree(set));
    }

    /** A template that asks for a room and has one. */
    private UUID ruled() {
        UUID id = UUID.randomUUID();
        Batch made = run(
                TemplateBatches.CREATE,
                ConflictStrategy.SKIP,
                List.of(template(id, "ruled " + id, ROOM + ",\"dynamicProperties\":{\"room\":\"A\"}")));
        assertThat(made.result()).containsEntry("created", 1L);
        return id;
    }

    @Test
    void newTemplatesAreHeldToTheNearestRulesOfTheirChainEachForItself() {
        UUID stored = ruled();
        UUID top = UUID.randomUUID();
        UUID fine = UUID.randomUUID();
        UUID wrong = UUID.randomUUID();
        UUID own = UUID.randomUUID();
        UUID bare = UUID.randomUUID();
        UUID belowStored = UUID.randomUUID();
        UUID belowWrong = UUID.randomUUID();
        List<TemplateChange> items = List.of(
                template(top, "top", ROOM + ",\"dynamicProperties\":{\"room\":\"A\"}"),
                template(fine, "fine", ",\"parentId\":\"" + top + "\",\"dynamicProperties\":{\"seats\":3}"),
                template(wrong, "wrong", ",\"parentId\":\"" + fine + "\",\"dynamicProperties\":{\"room\":1}"),
                template(own, "own", ROOM + ",\"dynamicProperties\":{\"room\":2}"),
                template(bare, "bare", ROOM),
                template(belowStored, "b", ",\"parentId\":\"" + stored + "\",\"dynamicProperties\":{\"room\":[]}"),
                template(belowWrong, "w", ",\"parentId\":\"" + wrong + "\""));

        Map<UUID, BatchItem> outcomes = outcomes(run(TemplateBatches.CREATE, ConflictStrategy.OVERRIDE, items));

        assertThat(outcomes.get(top).status()).isEqualTo(ItemStatus.COMPLETED);
        assertThat(outcomes.get(fine).status()).isEqualTo(ItemStatus.COMPLETED);
        for (UUID broken : List.of(wrong, own, bare, belowStored)) {
            assertThat(outcomes.get(broken).status()).isEqualTo(ItemStatus.FAILED);
            assertThat(outcomes.get(broken).error()).contains("the properties break the rules: ", "room");
        }
        assertThat(outcomes.get(belowWrong).error()).contains("no template " + wrong);
        assertThat(count("SELECT count(*) FROM course_template WHERE tenant = $1", tenant))
                .isEqualTo(3);
        // What is missing is not missed where that is asked for.
        assertThat(outcomes(runPartial(TemplateBatches.CREATE, List.of(template(bare, "bare", ROOM))))
                        .get(bare)
                        .status())
                .isEqualTo(ItemStatus.COMPLETED);
    }

    @Test
    void changedTemplatesAreHeldToTheirRulesAlsoInheritedOnes() {
        UUID parent = ruled();
        List<UUID> children = List.of(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID());
        List<TemplateChange> items = new ArrayList<>();
        children.forEach(id -> items.add(template(id, "c" + id, ",\"parentId\":\"" + parent + "\"")));
        run(TemplateBatches.CREATE, ConflictStrategy.SKIP, items);

        Map<UUID, BatchItem> outcomes = outcomes(run(
                TemplateBatches.UPDATE,
                ConflictStrategy.SKIP,
                List.of(
                        change(children.get(0), "{\"dynamicProperties\":{\"room\":1}}"),
                        change(children.get(1), "{\"price\":9}"),
                        change(children.get(2), "{\"inherit\":\"selective\"}"))));

        assertThat(outcomes.get(children.get(0)).error()).contains("the properties break the rules: ");
        assertThat(outcomes.get(children.get(1)).status()).isEqualTo(ItemStatus.COMPLETED);
        assertThat(outcomes.get(children.get(2)).error()).contains("the properties break the rules: ", "room");
        assertThat(count("SELECT count(*) FROM course_template WHERE tenant = $1 AND version > 1", tenant))
                .isEqualTo(1);
        assertThat(outcomes(runPartial(
                                TemplateBatches.UPDATE,
                                List.of(change(children.get(2), "{\"inherit\":\"selective\"}"))))
                        .get(children.get(2))
                        .status())
                .isEqualTo(ItemStatus.COMPLETED);
    }

    @Test
    void aChangeIsHeldToWhatTheChangesBeforeItMakeOfItsChainAndOnlyIfTheyAreMade() {
        UUID parent = ruled();
        UUID child = UUID.randomUUID();
        run(
                TemplateBatches.CREATE,
                ConflictStrategy.SKIP,
                List.of(template(child, "child", ",\"parentId\":\"" + parent + "\"")));
        JsonNode numbers = tree("{\"validationRules\":{\"properties\":{\"room\":{\"type\":\"integer\"}}},"
                + "\"dynamicProperties\":{\"room\":1}}");
        TemplateChange second = change(child, "{\"dynamicProperties\":{\"room\":2}}");

        Map<UUID, BatchItem> refused = outcomes(run(
                TemplateBatches.UPDATE,
                ConflictStrategy.SKIP,
                List.of(new TemplateChange(parent, 99L, numbers), second)));
        Map<UUID, BatchItem> made = outcomes(run(
                TemplateBatches.UPDATE,
                ConflictStrategy.SKIP,
                List.of(new TemplateChange(parent, 1L, numbers), second)));

        assertThat(refused.get(parent).status()).isEqualTo(ItemStatus.SKIPPED);
        assertThat(refused.get(child).error()).contains("the properties break the rules: ");
        assertThat(made.get(parent).status()).isEqualTo(ItemStatus.COMPLETED);
        assertThat(made.get(child).status()).isEqualTo(ItemStatus.COMPLETED);
    }

    /** Rules are looked at before the rows are locked. */
    @Test
    void nothingIsWrittenThatWasHeldToRulesThatAreNotThereAnyMore() {
        UUID id = make(1).get(0);
        ItemContext context =
                new ItemContext(UUID.randomUUID(), tenant, ConflictStrategy.OVERRIDE, new JsonObject(), "somebody");
        List<TemplateChange> room = List.of(change(id, "{\"dynamicProperties\":{\"room\":1}}"));
        List<TemplateChange> price = List.of(change(id, "{\"price\":3}"));
        TransactionalBatchHandler.Prepared<TemplateChange> outdated = get(update.prepare(room, context));
        TransactionalBatchHandler.Prepared<TemplateChange> harmless = get(update.prepare(price, context));
        sql("UPDATE course_template SET duration_minutes = 5, version = version + 1 WHERE tenant = $1", tenant);
        List<ItemResult> done = get(pool.withTransaction(transaction -> harmless.handle(transaction, price)));
        assertThat(done).extracting(ItemResult::status).containsExactly(ItemStatus.COMPLETED);

        sql(
                "UPDATE course_template SET validation_rules = $2::text::jsonb, version = version + 1 WHERE tenant = $1",
                tenant,
                "{\"properties\":{\"room\":{\"type\":\"string\"}}}");
        assertThatThrownBy(() -> get(pool.withTransaction(transaction -> outdated.handle(transaction, room))))
                .hasMessageContaining("its chain was changed");
        assertThat(count("SELECT version FROM course_template WHERE tenant = $1", tenant))
                .isEqualTo(4);
    }

    @Test
    void whoHadReadATemplateReadsItsChangeAndThatOfWhatItInheritsFrom() {
        UUID parent = make(1).get(0);
        UUID child = UUID.randomUUID();
        run(
                TemplateBatches.CREATE,
                ConflictStrategy.SKIP,
                List.of(template(child, "child", ",\"parentId\":\"" + parent + "\"")));
        assertThat(get(caches.view(tenant, parent)).version()).isEqualTo(1);
        assertThat(priceOf(get(caches.view(tenant, child)))).isEqualTo(1);

        run(
                TemplateBatches.UPDATE,
                ConflictStrategy.SKIP,
                List.of(new TemplateChange(parent, 1L, tree("{\"price\":7}"))));

        await().atMost(Duration.ofSeconds(30))
                .until(() -> get(caches.view(tenant, parent)).version() == 2);
        await().atMost(Duration.ofSeconds(30)).until(() -> priceOf(get(caches.view(tenant, child))) == 7);
    }

    private static int priceOf(TemplateView template) {
        return template.effective().path("price").asInt();
    }

    /** A writer adds one to the duration of templates while the bulk update sets their price, and the database cuts connections. */
    @Test
    void noUpdateIsLostAndEveryTemplateHasOneOutcomeThoughConnectionsAreCut() {
        List<UUID> ids = make(800);
        AtomicBoolean done = new AtomicBoolean();
        Map<UUID, Integer> added = new HashMap<>();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            while (!done.get()) {
                UUID id = ids.get(ThreadLocalRandom.current().nextInt(ids.size()));
                try {
                    int changed = get(pool.preparedQuery(
                                            """
                                            UPDATE course_template t SET duration_minutes = duration_minutes + 1, version = version + 1
                                            WHERE tenant = $1 AND id = $2
                                            """)
                                    .execute(Tuple.of(tenant, id)))
                            .rowCount();
                    added.merge(id, changed, Integer::sum);
                } catch (RuntimeException cut) {
                    // Not known whether it took effect: asked below.
                    added.put(id, Integer.MIN_VALUE / 2);
                }
            }
        });
        CompletableFuture<Void> cutter = CompletableFuture.completedFuture(null);
        Batch batch;
        try {
            batch = begin(
                    TemplateBatches.UPDATE,
                    ConflictStrategy.SKIP,
                    ids.stream()
                            .map(id -> new TemplateChange(id, 1L, tree("{\"price\":7}")))
                            .toList());
            cutter = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 6 && !done.get(); i++) {
                    try {
                        sql(
                                """
                                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                                WHERE pid <> pg_backend_pid() AND datname = current_database() AND xact_start IS NOT NULL
                                    AND query LIKE '%course_template%' LIMIT 1
                                """);
                    } catch (RuntimeException alsoCut) {
                        // The next one may live.
                    }
                }
            });
            batch = awaitEnd(batch);
        } finally {
            done.set(true);
        }
        writer.join();
        cutter.join();

        Map<UUID, BatchItem> outcomes = outcomes(batch);
        assertThat(outcomes).hasSize(800);
        assertThat(batch.counts().completed()
                        + batch.counts().failed()
                        + batch.counts().skipped())
                .isEqualTo(800);
        Set<UUID> backedUp = new HashSet<>();
        read(query(
                        "SELECT template_id FROM course_template_backup WHERE tenant = $1 AND batch_id = $2",
                        tenant,
                        batch.id()))
                .forEach(row -> backedUp.add(row.getUUID(0)));
        for (Row row : read(query(
                "SELECT id, price::bigint AS price, duration_minutes, version FROM course_template WHERE tenant = $1",
                tenant))) {
            UUID id = row.getUUID("id");
            boolean ours = outcomes.get(id).status() == ItemStatus.COMPLETED;
            assertThat(row.getLong("price")).as(id.toString()).isEqualTo(ours ? 7 : 1);
            assertThat(backedUp.contains(id)).as(id.toString()).isEqualTo(ours);
            int theirs = row.getInteger("duration_minutes") - 10;
            assertThat(row.getLong("version")).as(id.toString()).isEqualTo(1 + theirs + (ours ? 1 : 0));
            if (added.getOrDefault(id, 0) >= 0) {
                assertThat(theirs).as(id.toString()).isEqualTo(added.getOrDefault(id, 0));
            }
        }
    }
}
