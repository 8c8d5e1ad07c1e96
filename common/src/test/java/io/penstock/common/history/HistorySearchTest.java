package io.penstock.common.history;

import static io.penstock.common.testing.PostgresFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.history.HistorySearch.Found;
import io.penstock.common.history.HistorySearch.PayloadValue;
import io.penstock.common.history.HistorySearch.Question;
import io.penstock.common.testing.PostgresFixture;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Searches of the history, by an index and within a bound. */
class HistorySearchTest {

    private static final Instant FROM = Instant.parse("2026-11-17T00:00:00Z");
    private static final HistoryTime TIME = new HistoryTime(FROM, Instant.parse("2026-11-19T00:00:00Z"));
    private static final Set<HistoryState> ALL = EnumSet.allOf(HistoryState.class);

    /** 6,000 rows, one every 20 s; one in a hundred is dead. */
    private static final String FILL =
            """
            INSERT INTO job_history (job_id, queue, type, state, attempt, max_attempts, stalls, priority, tenant, tags,
                enqueued_at, started_at, ended_at, wait_ms, run_ms, worker, fingerprint, error, payload, shortened, format)
            SELECT 'job-' || n, 'queue-' || n % 2, 'type-' || n % 3, CASE WHEN n % 100 = 0 THEN 'dead' ELSE 'completed' END,
                1, 3, 0, 0, NULL, NULL, at, at, at, 0, 0, 'w', CASE WHEN n % 100 = 0 THEN '00000000000000a' || n % 2 END,
                CASE WHEN n % 100 = 0 THEN 'no price in offer ' || n END,
                jsonb_build_object('seller', jsonb_build_object('id', n, 'names', jsonb_build_array('a', 'Ünal' || n))),
                false, 1
            FROM generate_series(1, 6000) AS n,
                LATERAL (SELECT timestamptz '2026-11-17 00:00+00' + n * interval '20 seconds' AS at) AS t""";

    private static PostgresFixture postgres;
    private static HistorySearch search;

    @BeforeAll
    static void fill() {
        postgres = new PostgresFixture();
        search = new HistorySearch(postgres.pool());
        await(new HistoryPartitions(postgres.pool())
                .ensure(Stream.iterate(LocalDate.of(2026, 11, 16), day -> day.plusDays(1))
                        .limit(4)
                        .toList()));
        postgres.sql(FILL);
        postgres.sql("VACUUM ANALYZE job_history");
    }

    @AfterAll
    static void close() {
        postgres.close();
    }

    private static Question question(Set<HistoryState> states, Optional<String> text, PayloadValue... values) {
        return new Question(TIME, HistoryFilter.NONE, states, text, List.of(values));
    }

    private static List<String> all(Question question, int limit) {
        List<String> ids = new ArrayList<>();
        Optional<HistoryPlace> behind = Optional.empty();
        do {
            Found found = await(search.page(question, behind, limit, false));
            found.rows().forEach(row -> ids.add(row.jobId()));
            behind = found.next();
        } while (behind.isPresent());
        return ids;
    }

    @Test
    void pagesFollowEachOtherWithoutGapsAndRepetitions() {
        List<String> dead = all(question(EnumSet.of(HistoryState.DEAD), Optional.empty()), 7);
        assertThat(dead).hasSize(60).doesNotHaveDuplicates().startsWith("job-6000", "job-5900");
    }

    @Test
    void aValueInThePayloadIsFoundWhereverItLies() {
        PayloadValue id = new PayloadValue(List.of("seller", "id"), "4711");
        PayloadValue name = new PayloadValue(List.of("seller", "names", "1"), "Ünal4711");
        assertThat(all(question(ALL, Optional.empty(), id), 10)).containsExactly("job-4711");
        assertThat(all(question(ALL, Optional.empty(), id, name), 10)).containsExactly("job-4711");
        assertThat(all(question(ALL, Optional.of("ünal4711\"")), 10)).containsExactly("job-4711");
        assertThat(all(question(ALL, Optional.of("PRICE IN OFFER 4700")), 10)).containsExactly("job-4700");
        assertThat(all(question(ALL, Optional.of("100%")), 10)).isEmpty();
    }

    @Test
    void payloadsComeOnlyWhereTheyAreAskedFor() {
        Question one = question(ALL, Optional.empty(), new PayloadValue(List.of("seller", "id"), "5"));
        assertThat(await(search.page(one, Optional.empty(), 1, false))
                        .rows()
                        .get(0)
                        .payload())
                .isNull();
        assertThat(await(search.page(one, Optional.empty(), 1, true))
                        .rows()
                        .get(0)
                        .payload())
                .contains("\"id\": 5");
    }

    /** The second try looks at a bounded number of rows, and says how far that was. */
    @Test
    void theBoundedTryGoesOnWhereItStopped() {
        Question rare = question(ALL, Optional.empty(), new PayloadValue(List.of("seller", "id"), "1500"));
        RowSet<Row> first = run(HistorySearch.examine(rare, Optional.empty(), 10, false));
        assertThat(first.rowCount()).isEqualTo(1);
        Row last = first.iterator().next();
        assertThat(last.getBoolean("matches")).isFalse();
        assertThat(last.getLong("number")).isEqualTo(HistorySearch.EXAMINED);
        assertThat(last.getString("job_id")).isEqualTo("job-4001");

        HistoryPlace place = HistoryPlace.of(HistoryQueries.row(last));
        RowSet<Row> third = run(HistorySearch.examine(
                rare, Optional.of(new HistoryPlace(place.endedAt().minusSeconds(40_000), "", 0, "")), 10, false));
        assertThat(third).anySatisfy(row -> {
            assertThat(row.getString("job_id")).isEqualTo("job-1500");
            assertThat(row.getBoolean("matches")).isTrue();
        });
    }

    private static RowSet<Row> run(HistoryQueries.Statement statement) {
        return await(HistoryQueries.run(postgres.pool(), Duration.ofSeconds(5), Duration.ofSeconds(1), statement));
    }

    @Test
    void countsEndAtTheirBound() {
        assertThat(await(search.count(question(EnumSet.of(HistoryState.DEAD), Optional.empty()))))
                .contains(60);
        assertThat(await(search.count(question(ALL, Optional.empty())))).contains(6_000);
    }

    @Test
    void failuresAreGroupedByWhatTheyHaveInCommon() {
        Instant now = FROM.plusSeconds(6_000 * 20);
        List<HistorySearch.Failures> failures =
                await(search.failures(TIME, HistoryState.DEAD, Optional.empty(), Optional.empty(), now));
        assertThat(failures.stream().mapToInt(HistorySearch.Failures::count).sum())
                .isEqualTo(60);
        assertThat(failures.stream()
                        .filter(some -> some.slot() < HistorySearch.SLOTS)
                        .mapToInt(HistorySearch.Failures::count))
                .hasSize(2);
        List<HistorySearch.Failures> some =
                await(search.failures(TIME, HistoryState.DEAD, Optional.of("queue-0"), Optional.of("type-1"), now));
        assertThat(some.stream().mapToInt(HistorySearch.Failures::count).sum()).isEqualTo(20);
        assertThat(some).allMatch(one -> one.type().equals("type-1"));
    }
}
