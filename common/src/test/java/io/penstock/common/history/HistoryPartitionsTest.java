package io.penstock.common.history;

import static io.penstock.common.testing.PostgresFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.testing.PostgresFixture;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class HistoryPartitionsTest {

    private static final LocalDate DAY = LocalDate.of(2026, 11, 22);

    private final PostgresFixture postgres = new PostgresFixture();
    private final HistoryPartitions partitions = new HistoryPartitions(postgres.pool());
    private final JobHistoryStore store = new JobHistoryStore(postgres.pool(), partitions, Duration.ofSeconds(10));

    @AfterEach
    void close() {
        postgres.close();
    }

    @Test
    void manyWorkersMakeTheSameDaysAtOnce() {
        List<LocalDate> days = List.of(DAY, DAY.plusDays(1), DAY.plusDays(2));
        List<Uni<Void>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(partitions.ensure(days));
        }

        await(Uni.join().all(all).andFailFast());

        assertThat(await(partitions.days())).isEqualTo(days);
        assertThat(postgres.count("SELECT count(*) FROM pg_indexes WHERE tablename = 'job_history_20261122'"))
                .isEqualTo(postgres.count("SELECT count(*) FROM pg_indexes WHERE tablename = 'job_history'"));
    }

    @Test
    void aDayBeginsAndEndsAtMidnightUtcWhateverTheSessionsTimeZone() {
        postgres.sql("SET TIME ZONE 'Asia/Taipei'");
        await(partitions.ensure(List.of(DAY)));
        await(store.append(List.of(
                Rows.completed("first", DAY.atStartOfDay().toInstant(ZoneOffset.UTC)),
                Rows.completed(
                        "last",
                        DAY.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC).minusNanos(1_000)))));

        assertThat(postgres.count("SELECT count(*) FROM job_history_20261122")).isEqualTo(2);
        assertThat(await(partitions.days())).containsExactly(DAY);
    }

    @Test
    void oldDaysAreDroppedWhole() {
        await(partitions.ensure(List.of(DAY.minusDays(2), DAY.minusDays(1), DAY)));
        await(store.append(List.of(
                Rows.failed("old", 1, DAY.minusDays(2).atStartOfDay().toInstant(ZoneOffset.UTC), "gone by then"),
                Rows.failed("kept", 1, DAY.atStartOfDay().toInstant(ZoneOffset.UTC), "still here"))));

        assertThat(await(partitions.dropBefore(DAY.minusDays(1)))).containsExactly(DAY.minusDays(2));

        assertThat(await(partitions.days())).containsExactly(DAY.minusDays(1), DAY);
        assertThat(postgres.sql("SELECT job_id FROM job_history").get(0).getString(0))
                .isEqualTo("kept");
        assertThat(postgres.sql("SELECT sample FROM job_error_group").get(0).getString(0))
                .isEqualTo("still here");
        assertThat(await(partitions.dropBefore(DAY.minusDays(1)))).isEmpty();
    }

    @Test
    void aTableOfSomebodyElseIsLeftAlone() {
        postgres.sql("CREATE TABLE job_history_archive (LIKE job_history)");
        postgres.sql("ALTER TABLE job_history ATTACH PARTITION job_history_archive"
                + " FOR VALUES FROM ('1990-01-01') TO ('1991-01-01')");

        assertThat(await(partitions.dropBefore(DAY))).isEmpty();
        assertThat(postgres.count("SELECT count(*) FROM pg_class WHERE relname = 'job_history_archive'"))
                .isEqualTo(1);
    }

    @Test
    void writersAndReadersGoOnWhileADayIsMade() {
        await(partitions.ensure(List.of(DAY)));
        // An open transaction that has written: creating a partition in place would wait for it.
        var connection = await(postgres.pool().getConnection());
        await(connection.query("BEGIN").execute());
        await(connection
                .query("INSERT INTO job_history (job_id, queue, type, state, attempt, max_attempts, stalls, priority,"
                        + " enqueued_at, ended_at, shortened, format) VALUES ('x', 'q', 't', 'completed', 1, 1, 0, 0,"
                        + " now(), '2026-11-22 12:00+00', false, 1)")
                .execute());

        await(partitions.ensure(List.of(DAY.plusDays(1))));

        await(connection.query("COMMIT").execute());
        await(connection.close());
        assertThat(await(partitions.days())).containsExactly(DAY, DAY.plusDays(1));
    }
}
