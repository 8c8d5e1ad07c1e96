package io.penstock.common.history;

import static io.penstock.common.history.Rows.NOW;
import static io.penstock.common.testing.PostgresFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.testing.PostgresFixture;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each look-up over six days with 20,000 rows each, one in ten of them an error. */
@Tag("slow")
class HistoryQueriesTest {

    private static final LocalDate FIRST = LocalDate.of(2026, 11, 17);
    private static final int DAYS = 6;
    private static final String FILL =
            """
            INSERT INTO job_history (job_id, queue, type, state, attempt, max_attempts, stalls, priority, tenant, job_group, tags,
                enqueued_at, started_at, ended_at, wait_ms, run_ms, worker, fingerprint, error, shortened, format)
            SELECT 'job-' || n, 'queue-' || n % 200, 'type-' || n % 500,
                CASE WHEN n % 10 = 0 THEN CASE WHEN n % 100 = 0 THEN 'dead' ELSE 'failed' END ELSE 'completed' END,
                1, 3, 0, 0, CASE WHEN n % 3 = 0 THEN 'tenant-' || n % 300 END,
                CASE WHEN n % 5 = 0 THEN 'group-' || n % 400 END,
                CASE WHEN n % 4 = 0 THEN ARRAY['tag-' || n % 400, 'every'] END,
                at, at, at, 0, 0, 'w',
                CASE WHEN n % 10 = 0 THEN lpad(to_hex(n % 500), 16, '0') END,
                CASE WHEN n % 10 = 0 THEN 'cannot reach host number ' || md5(n::text) || ' in time' || repeat(E'\\n\\tat example.Class.method(Class.java:12)', 20)
                END, false, 1
            FROM generate_series(1, 120000) AS n,
                LATERAL (SELECT timestamptz '2026-11-17 00:00+00' + n * interval '4.32 seconds' AS at) AS t""";

    private static PostgresFixture postgres;
    private static HistoryQueries queries;
    private static JobHistoryStore store;

    @BeforeAll
    static void fill() {
        postgres = new PostgresFixture();
        HistoryPartitions partitions = new HistoryPartitions(postgres.pool());
        store = new JobHistoryStore(postgres.pool(), partitions, Duration.ofSeconds(10));
        queries = new HistoryQueries(postgres.pool(), Duration.ofSeconds(5));
        await(partitions.ensure(
                Stream.iterate(FIRST, day -> day.plusDays(1)).limit(DAYS + 3).toList()));
        postgres.sql(FILL);
        // As autovacuum does.
        postgres.sql("VACUUM ANALYZE job_history");
    }

    @AfterAll
    static void close() {
        postgres.close();
    }

    private static final HistoryTime TWO_DAYS =
            new HistoryTime(Instant.parse("2026-11-19T00:00:00Z"), Instant.parse("2026-11-21T00:00:00Z"));

    /** A filter, the index that has to answer it, and what all rows must have in common. */
    record LookUp(String name, HistoryFilter filter, String index, String condition) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<LookUp> lookUps() {
        String hash = "md5('60010')";
        return Stream.of(
                new LookUp("id", HistoryFilter.ofJob("job-60010"), "pkey", "job_id = 'job-60010'"),
                new LookUp("time", HistoryFilter.NONE, "ended_at_idx|by_time", "true"),
                new LookUp("queue", with(Field.QUEUE, "queue-7"), "queue_ended_at", "queue = 'queue-7'"),
                new LookUp("type", with(Field.TYPE, "type-7"), "type_ended_at", "type = 'type-7'"),
                new LookUp("state", with(Field.STATE, "dead"), "state_ended_at", "state = 'dead'"),
                new LookUp("tag", with(Field.TAG, "tag-8"), "tags_idx", "'tag-8' = ANY(tags)"),
                new LookUp("group", with(Field.GROUP, "group-15"), "group_ended_at", "job_group = 'group-15'"),
                new LookUp("tenant", with(Field.TENANT, "tenant-9"), "tenant_ended_at", "tenant = 'tenant-9'"),
                new LookUp(
                        "fingerprint",
                        with(Field.FINGERPRINT, "%016x".formatted(10)),
                        "fingerprint_ended_at",
                        "fingerprint = lpad('a', 16, '0')"),
                new LookUp(
                        "error",
                        with(Field.ERROR, "NUMBER " + md5("60010").substring(0, 12)),
                        "left_idx|expr_idx",
                        "error LIKE '%' || " + hash + " || '%'"));
    }

    private enum Field {
        QUEUE,
        TYPE,
        STATE,
        TAG,
        TENANT,
        GROUP,
        FINGERPRINT,
        ERROR
    }

    private static HistoryFilter with(Field field, String value) {
        return new HistoryFilter(
                Optional.empty(),
                only(field, Field.QUEUE, value),
                only(field, Field.TYPE, value),
                only(field, Field.STATE, value).flatMap(HistoryState::ofWire),
                only(field, Field.TAG, value),
                only(field, Field.TENANT, value),
                only(field, Field.FINGERPRINT, value),
                only(field, Field.ERROR, value),
                only(field, Field.GROUP, value));
    }

    private static Optional<String> only(Field field, Field wanted, String value) {
        return field == wanted ? Optional.of(value) : Optional.empty();
    }

    private static String md5(String text) {
        return postgres.sql("SELECT md5($1)", text).get(0).getString(0);
    }

    @ParameterizedTest
    @MethodSource("lookUps")
    void findsAllThatFitAndNothingElse(LookUp lookUp) {
        long expected = postgres.count(
                "SELECT count(*) FROM job_history WHERE ended_at >= '2026-11-19' AND ended_at < '2026-11-21' AND "
                        + lookUp.condition);
        Set<String> ids = new HashSet<>();

        List<HistoryRow> rows = all(TWO_DAYS, lookUp.filter, HistoryQuery.MAX_LIMIT);

        rows.forEach(row -> ids.add(row.jobId()));
        assertThat(expected).isPositive();
        assertThat(rows).hasSize((int) expected);
        assertThat(ids).hasSize((int) expected);
        assertThat(rows).isSortedAccordingTo((a, b) -> b.endedAt().compareTo(a.endedAt()));
    }

    @ParameterizedTest
    @MethodSource("lookUps")
    void looksAtTheDaysAskedForAloneAndThroughAnIndex(LookUp lookUp) {
        String plan = explain(HistoryQueries.statement(HistoryQuery.first(TWO_DAYS, lookUp.filter, 50)));

        assertThat(plan).doesNotContain("Seq Scan");
        assertThat(days(plan)).containsOnly("20261119", "20261120");
        assertThat(plan).containsPattern("job_history_20261119_\\w*(" + lookUp.index + ")");
    }

    /** An index of texts would collect all rows that have it before the latest are known. */
    @Test
    void anErrorThatManyHaveIsLookedForBackInTime() {
        HistoryFilter many = with(Field.ERROR, "host number");

        String plan = explain(HistoryQueries.walk(HistoryQuery.first(TWO_DAYS, many, 50)));

        assertThat(plan).containsPattern("job_history_20261119_\\w*(ended_at_idx|by_time)");
        assertThat(plan).doesNotContainPattern("left_idx|expr_idx").doesNotContain("Seq Scan");
    }

    @Test
    void aFollowingPageLooksAtNoLaterDay() {
        HistoryPage first = await(queries.find(HistoryQuery.first(TWO_DAYS, HistoryFilter.NONE, 200)));
        HistoryCursor cursor =
                new HistoryCursor(TWO_DAYS, Instant.parse("2026-11-19T12:00:00Z"), 1, "completed", "job-x");

        String plan = explain(
                HistoryQueries.statement(HistoryQuery.next(cursor.encode(HistoryFilter.NONE), HistoryFilter.NONE, 50)));

        assertThat(first.nextCursor()).isNotNull();
        assertThat(days(plan)).containsOnly("20261119");
        assertThat(plan).doesNotContain("Seq Scan");
    }

    @Test
    void errorsAreCountedFromTheirIndexAlone() {
        String plan = explain(HistoryQueries.errorsStatement(TWO_DAYS, Optional.empty(), Optional.empty(), 50));

        assertThat(days(plan)).containsOnly("20261119", "20261120");
        assertThat(plan).containsPattern("job_history_20261119_ended_at_fingerprint_type_queue_idx");
        List<ErrorGroup> groups = await(queries.errors(TWO_DAYS, Optional.of("queue-10"), Optional.empty(), 200));
        assertThat(groups.stream().mapToLong(ErrorGroup::count).sum())
                .isEqualTo(postgres.count(
                        "SELECT count(*) FROM job_history WHERE ended_at >= '2026-11-19' AND ended_at < '2026-11-21'"
                                + " AND queue = 'queue-10' AND fingerprint IS NOT NULL"));
        assertThat(groups).isSortedAccordingTo((a, b) -> Long.compare(b.count(), a.count()));
    }

    @Test
    void filtersAreJoinedByAnd() {
        HistoryFilter filter = new HistoryFilter(
                Optional.empty(),
                Optional.of("queue-0"),
                Optional.of("type-0"),
                Optional.of(HistoryState.DEAD),
                Optional.of("every"),
                Optional.empty(),
                Optional.empty(),
                Optional.of("host number"));

        List<HistoryRow> rows = all(TWO_DAYS, filter, 200);

        assertThat(rows)
                .isNotEmpty()
                .allMatch(row -> row.queue().equals("queue-0")
                        && row.type().equals("type-0")
                        && row.state().equals("dead")
                        && row.tags().contains("every"));
    }

    @Test
    void noCharacterOfAnErrorTextIsAWildcard() {
        Instant day = Instant.parse("2026-11-23T12:00:00Z");
        await(store.append(List.of(
                Rows.failed("percent", 1, day, "disk 100% full_up C:\\temp"),
                Rows.failed("plain", 1, day, "disk 100 is fullxup"))));
        HistoryTime time = new HistoryTime(day.minusSeconds(1), day.plusSeconds(1));

        for (String text : new String[] {"100% FULL", "full_up", "C:\\temp"}) {
            assertThat(all(time, with(Field.ERROR, text), 10))
                    .extracting(HistoryRow::jobId)
                    .containsExactly("percent");
        }
        assertThat(all(time, with(Field.ERROR, "%%%"), 10)).isEmpty();
    }

    @Test
    void pagingIsCompleteWithoutDoublesWhileRowsArrive() {
        Instant base = Instant.parse("2026-11-24T10:00:00Z");
        List<HistoryRow> before = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            // Many share an instant, so that the other columns have to decide.
            before.add(Rows.completed("p" + i, base.plusMillis(i / 100)));
        }
        for (int i = 0; i < 1_000; i += 500) {
            await(store.append(before.subList(i, i + 500)));
        }
        HistoryTime time = new HistoryTime(base.minusSeconds(60), base.plusSeconds(60));
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger added = new AtomicInteger();
        // A batch for each page, and of fewer rows than a page has: the reader comes to an end however fast the writer
        // is.
        Semaphore pages = new Semaphore(1);
        Thread writer = new Thread(() -> {
            for (int i = 0; !done.get(); i++) {
                pages.acquireUninterruptibly();
                List<HistoryRow> batch = new ArrayList<>();
                for (int j = 0; j < 5; j++) {
                    // Behind, among and before what is being read.
                    batch.add(Rows.completed("new" + i + "-" + j, base.plusMillis((i * 7L + j * 13L) % 30 - 10)));
                }
                added.addAndGet(await(store.append(batch)));
            }
        });
        writer.start();

        List<HistoryRow> read = all(time, HistoryFilter.NONE, 7, pages::release);
        done.set(true);
        pages.release();
        join(writer);

        List<String> ids = read.stream().map(HistoryRow::jobId).toList();
        assertThat(added.get()).isPositive();
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(ids).containsAll(before.stream().map(HistoryRow::jobId).toList());
    }

    @Test
    void aQuestionThatTakesTooLongIsBrokenOffByPostgres() {
        HistoryQueries impatient = new HistoryQueries(postgres.pool(), Duration.ofMillis(1));

        assertThatThrownBy(() -> await(impatient.errors(
                        new HistoryTime(NOW.minus(Duration.ofDays(20)), NOW), Optional.empty(), Optional.empty(), 200)))
                .isInstanceOf(HistoryTooWideException.class);
    }

    @Test
    void theLatestRowOfAJobIsFound() {
        Instant day = Instant.parse("2026-11-22T06:00:00Z");
        await(store.append(List.of(
                Rows.failed("twice", 1, day, "no"),
                Rows.row("twice", HistoryState.COMPLETED, 2, day.plusSeconds(5), null, "1"))));

        assertThat(await(queries.latest("twice", TWO_DAYS))).isEmpty();
        assertThat(await(queries.latest("twice", new HistoryTime(day, day.plusSeconds(60))))
                        .map(HistoryRow::state))
                .contains("completed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "%%%",
                "MSAwIDAgMCAwIDAgMCAw",
                "MQ",
                "AAAA",
                "MSAwMDAwMDAwMCA5OTk5OTk5OTk5OTk5OTk5OTk5IDEgMSAxIGEgYg"
            })
    void aCursorThatWasNotGivenOutIsRefused(String cursor) {
        assertThatThrownBy(() -> HistoryQuery.next(cursor, HistoryFilter.NONE, 10))
                .isInstanceOfSatisfying(InvalidHistoryQueryException.class, e -> assertThat(e.field())
                        .isEqualTo("cursor"));
    }

    @Test
    void aCursorOfAnotherQuestionIsRefused() {
        String cursor = await(queries.find(HistoryQuery.first(TWO_DAYS, HistoryFilter.NONE, 1)))
                .nextCursor();

        assertThatThrownBy(() -> HistoryQuery.next(cursor, with(Field.QUEUE, "queue-1"), 1))
                .isInstanceOf(InvalidHistoryQueryException.class)
                .hasMessageContaining("another question");
    }

    @Test
    void everyQuestionHasTwoEndsThatAreNotFarApart() {
        assertThatThrownBy(() -> new HistoryTime(NOW, NOW)).hasMessageContaining("from: must be before");
        assertThatThrownBy(() -> new HistoryTime(NOW.minus(Duration.ofDays(32)), NOW))
                .hasMessageContaining("at most 31 days");
        assertThatThrownBy(() -> new HistoryTime(Instant.MIN, NOW)).hasMessageContaining("from: must be between");
        assertThatThrownBy(() -> new HistoryTime(NOW, Instant.MAX)).hasMessageContaining("to: must be between");
        assertThat(HistoryTime.of(null, null, NOW, HistoryTime.DEFAULT))
                .isEqualTo(new HistoryTime(NOW.plusMillis(1).minus(Duration.ofDays(1)), NOW.plusMillis(1)));
    }

    private static List<HistoryRow> all(HistoryTime time, HistoryFilter filter, int limit) {
        return all(time, filter, limit, () -> {});
    }

    private static List<HistoryRow> all(HistoryTime time, HistoryFilter filter, int limit, Runnable afterEachPage) {
        List<HistoryRow> rows = new ArrayList<>();
        HistoryPage page = await(queries.find(HistoryQuery.first(time, filter, limit)));
        rows.addAll(page.rows());
        while (page.nextCursor() != null) {
            assertThat(page.rows()).hasSize(limit);
            afterEachPage.run();
            page = await(queries.find(HistoryQuery.next(page.nextCursor(), filter, limit)));
            rows.addAll(page.rows());
        }
        return rows;
    }

    private static String explain(HistoryQueries.Statement statement) {
        StringBuilder plan = new StringBuilder();
        Uni<?> explained = postgres.pool()
                .preparedQuery("EXPLAIN " + statement.sql())
                .execute(Tuple.from(statement.values()))
                .invoke(rows ->
                        rows.forEach(row -> plan.append(row.getString(0)).append('\n')));
        await(explained);
        return plan.toString();
    }

    private static Set<String> days(String plan) {
        Set<String> days = new HashSet<>();
        var matcher = Pattern.compile("on job_history_(\\d{8})\\b").matcher(plan);
        while (matcher.find()) {
            days.add(matcher.group(1));
        }
        return days;
    }

    private static void join(Thread thread) {
        try {
            thread.join(60_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(thread.isAlive()).isFalse();
    }
}
