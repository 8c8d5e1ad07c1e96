package io.penstock.common.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.testing.PostgresFixture;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ten thousand finished batches, and a thousand that run: a page of a list reads about a page, whatever is asked for. */
@Tag("slow")
class BatchListingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PAGE = 50;

    /** One in a hundred is of a tenant, has failed, or is of another type. */
    private static final String FILL =
            """
            INSERT INTO batch_operations (id, type, tenant, status, sealed, total, chunk_size, adaptive, concurrency, priority, conflict,
                created_by, created_by_name, finished_at)
            SELECT ('019a' || lpad(to_hex(n), 8, '0') || '70008000000000000000')::uuid,
                CASE WHEN n % 100 = 1 THEN 'rare' ELSE 'common' END, CASE WHEN n % 100 = 2 THEN 'acme' END,
                CASE WHEN n % 100 = 3 THEN 'failed' ELSE 'completed' END, true, 10, 50, true, 5, 0, 'skip', 'k', 'k', now()
            FROM generate_series(1, 10000) AS n
            """;

    /** Half of them are parts of the first one. */
    private static final String RUNNING =
            """
            INSERT INTO batch_operations (id, type, status, parent_id, sealed, total, chunk_size, adaptive, concurrency, priority, conflict,
                created_by, created_by_name)
            SELECT ('019b' || lpad(to_hex(n), 8, '0') || '70008000000000000000')::uuid, 'common', 'running',
                CASE WHEN n % 2 = 0 THEN $1::uuid END, true, 10, 50, true, 5, 0, 'skip', 'k', 'k'
            FROM generate_series(1, 1000) AS n
            """;

    private static final UUID PARENT = UUID.fromString("019b0000-0001-7000-8000-000000000000");

    private static PostgresFixture postgres;

    @BeforeAll
    static void fill() {
        postgres = new PostgresFixture();
        postgres.pool().query(FILL).execute().await().atMost(PATIENCE);
        postgres.pool().preparedQuery(RUNNING).execute(Tuple.of(PARENT)).await().atMost(PATIENCE);
        postgres.pool().query("ANALYZE batch_operations").execute().await().atMost(PATIENCE);
    }

    @AfterAll
    static void close() {
        postgres.close();
    }

    private static String plan(BatchStore.Listing listing) {
        return postgres
                .pool()
                .preparedQuery("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) " + listing.sql())
                .execute(Tuple.from(listing.parameters()))
                .await()
                .atMost(PATIENCE)
                .stream()
                .map(row -> row.getString(0))
                .collect(Collectors.joining("\n"));
    }

    private static void assertReadsAPage(BatchStore.Listing listing) {
        assertThat(plan(listing))
                .doesNotContain("Seq Scan")
                .doesNotContain("Sort")
                .doesNotContain("Rows Removed");
    }

    @Test
    void everyListReadsAnIndexInItsOrder() {
        UUID before = new UUID(Instant.now().toEpochMilli() << 16, 0);
        assertReadsAPage(BatchStore.listing(null, null, null, null, null, PAGE));
        assertReadsAPage(BatchStore.listing(before, BatchStatus.FAILED, null, null, null, PAGE));
        assertReadsAPage(BatchStore.listing(before, null, "rare", null, null, PAGE));
        assertReadsAPage(BatchStore.listing(before, null, null, "acme", null, PAGE));
        assertReadsAPage(BatchStore.listing(before, BatchStatus.RUNNING, null, null, null, PAGE));
        // Either index will do: the one by id passes over those that run.
        assertThat(plan(BatchStore.listing(before, BatchStatus.COMPLETED, null, null, null, PAGE)))
                .doesNotContain("Seq Scan")
                .doesNotContain("Sort");
        assertReadsAPage(BatchStore.listing(before, null, null, null, PARENT, PAGE));
    }
}
