package io.penstock.common.history;

import static io.penstock.common.history.Rows.NOW;
import static io.penstock.common.testing.PostgresFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.testing.PostgresFixture;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class JobHistoryStoreTest {

    private static PostgresFixture postgres;
    private static HistoryPartitions partitions;
    private static JobHistoryStore store;
    private static HistoryQueries queries;

    @BeforeAll
    static void open() {
        postgres = new PostgresFixture();
        partitions = new HistoryPartitions(postgres.pool());
        store = new JobHistoryStore(postgres.pool(), partitions, Duration.ofSeconds(10));
        queries = new HistoryQueries(postgres.pool(), Duration.ofSeconds(5));
    }

    @AfterAll
    static void close() {
        postgres.close();
    }

    @BeforeEach
    void wipe() {
        postgres.sql("TRUNCATE job_history, job_error_group");
    }

    private static HistoryTime dayBefore(Instant end) {
        return HistoryTime.of(null, end.plusSeconds(1), end, HistoryTime.DEFAULT);
    }

    private static HistoryRow latest(String jobId) {
        return await(queries.latest(jobId, dayBefore(NOW))).orElseThrow();
    }

    @Test
    void aRowComesBackAsItWasWritten() {
        HistoryRow row = Rows.of(
                Rows.row("j1", HistoryState.DEAD, 3, NOW.plusNanos(123_000), "no route", "{\"a\": [1, \"ü\"]}"),
                "orders",
                "test.work",
                "acme",
                "eu",
                "big, \"quoted\" {}");

        assertThat(await(store.append(List.of(row)))).isEqualTo(1);

        assertThat(latest("j1"))
                .isEqualTo(row.toBuilder()
                        .fingerprint(ErrorFingerprint.of("no route"))
                        .build());
    }

    @Test
    void aRowMayLackAllThatCanBeAbsent() {
        HistoryRow row = HistoryRow.builder("j2", "orders", "t", "expired", NOW, NOW)
                .maxAttempts(3)
                .build();

        await(store.append(List.of(row)));

        assertThat(latest("j2")).isEqualTo(row);
    }

    @Test
    void aRepeatedBatchChangesNothing() {
        List<HistoryRow> batch =
                List.of(Rows.completed("a", NOW), Rows.failed("b", 1, NOW, "no 1"), Rows.failed("b", 2, NOW, "no 2"));

        assertThat(await(store.append(batch))).isEqualTo(3);
        assertThat(await(store.append(batch))).isZero();
        List<HistoryRow> oneMore = new ArrayList<>(batch);
        oneMore.add(Rows.failed("c", 1, NOW, "no 3"));
        assertThat(await(store.append(oneMore))).isEqualTo(1);

        assertThat(postgres.count("SELECT count(*) FROM job_history")).isEqualTo(4);
        assertThat(postgres.count("SELECT count FROM job_error_group")).isEqualTo(3);
    }

    @Test
    void theSameBatchFromTwoConnectionsAtOnceIsStoredOnce() {
        List<HistoryRow> batch = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            batch.add(Rows.failed("j" + i, 1, NOW, "error " + (i % 7 == 0 ? "x" : "y")));
        }

        List<Integer> added = await(Uni.join()
                .all(store.append(batch), store.append(batch), store.append(batch))
                .andFailFast());

        assertThat(added.stream().mapToInt(Integer::intValue).sum()).isEqualTo(500);
        assertThat(postgres.count("SELECT sum(count)::bigint FROM job_error_group"))
                .isEqualTo(500);
    }

    @Test
    void aJobIdThatIsUsedAgainHasARowForEachLife() {
        await(store.append(List.of(Rows.completed("again", NOW), Rows.completed("again", NOW.plusMillis(1)))));

        assertThat(postgres.count("SELECT count(*) FROM job_history WHERE job_id = 'again'"))
                .isEqualTo(2);
    }

    @Test
    void errorsAreGroupedByWhatIsTheSameInThem() {
        await(store.append(List.of(
                Rows.failed("a", 1, NOW, "offer 1 has no price"),
                Rows.failed("b", 1, NOW.plusSeconds(1), "offer 2 has no price"),
                Rows.failed("c", 1, NOW, "no route"),
                Rows.completed("d", NOW))));
        await(store.append(List.of(Rows.row(
                "a", HistoryState.DEAD, 2, NOW.plusSeconds(9), "attempt 2 of 2: offer 1 has no price", null))));
        await(store.append(List.of(Rows.failed("late", 1, NOW.minusSeconds(9), "offer 9 has no price"))));

        List<ErrorGroup> groups = await(queries.errors(
                new HistoryTime(NOW.minusSeconds(1), NOW.plusSeconds(60)), Optional.empty(), Optional.empty(), 10));

        assertThat(groups).hasSize(2);
        ErrorGroup price = groups.get(0);
        assertThat(price.count()).isEqualTo(3);
        assertThat(price.total()).isEqualTo(4);
        assertThat(price.firstSeen()).isEqualTo(NOW.minusSeconds(9));
        assertThat(price.lastSeen()).isEqualTo(NOW.plusSeconds(9));
        assertThat(price.sample()).isEqualTo("attempt 2 of 2: offer 1 has no price");
        assertThat(groups.get(1).count()).isEqualTo(1);
    }

    @Test
    void aDayWithoutPartitionGetsOneAndLosesNoRow() {
        Instant farAway = Instant.parse("2031-05-06T23:59:59.999999Z");
        await(store.append(List.of(
                Rows.completed("last", farAway),
                Rows.completed("first", farAway.plusNanos(1_000)),
                Rows.completed("old", Instant.parse("1999-12-31T00:00:00Z")))));

        assertThat(postgres.count("SELECT count(*) FROM job_history_20310506")).isEqualTo(1);
        assertThat(postgres.count("SELECT count(*) FROM job_history_20310507")).isEqualTo(1);
        assertThat(postgres.count("SELECT count(*) FROM job_history_19991231")).isEqualTo(1);
    }

    @Test
    void manyWritersMeetAMissingDayAtOnce() {
        Instant day = Instant.parse("2040-01-01T12:00:00Z");
        List<Uni<Integer>> writes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            writes.add(store.append(List.of(Rows.completed("w" + i, day))));
        }

        assertThat(await(Uni.join().all(writes).andFailFast())).containsOnly(1);
        assertThat(await(partitions.days())).contains(LocalDate.of(2040, 1, 1));
    }

    @Test
    void hostileTextIsStoredAsText() {
        String hostile = "<img src=x onerror=alert(1)> '; DROP TABLE job_history; -- \0 \uD83D \uDE00\uD83D\uDE00 %_\\";
        HistoryRow row = Rows.row(
                "hostile",
                HistoryState.DEAD,
                1,
                NOW,
                StorableText.text(hostile, 8_192),
                StorableText.json("{\"a\":\"\\u0000\\ud83d\",\"b\":\"\uD83D\"}", 8_192));

        assertThat(await(store.append(List.of(row)))).isEqualTo(1);

        assertThat(latest("hostile").error())
                .isEqualTo(row.error())
                .contains("<img")
                .doesNotContain("\0");
        assertThat(latest("hostile").result()).isEqualTo("{\"a\": \"\uFFFD\uFFFD\", \"b\": \"\uFFFD\"}");
    }

    @Test
    void textThatWasNotMadeStorableFailsTheBatchAndStoresNothing() {
        Throwable failure = org.assertj.core.api.Assertions.catchThrowable(() -> await(store.append(
                List.of(Rows.completed("fine", NOW), Rows.row("bad", HistoryState.COMPLETED, 1, NOW, null, "{oops")))));

        assertThat(failure).isInstanceOf(io.vertx.sqlclient.DatabaseException.class);
        assertThat(postgres.count("SELECT count(*) FROM job_history")).isZero();
    }
}
