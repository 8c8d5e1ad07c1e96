package io.penstock.common.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.testing.PostgresFixture;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Chunks that end at the same time are stored together: each has its own counts, its own next chunk, and its own failure. */
@Tag("slow")
class BatchRecordsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int RUNNERS = 5;
    private static final int CHUNK = 4;

    private static final String BATCH =
            """
            INSERT INTO batch_operations (id, type, status, sealed, total, next_item, chunks, range_size, chunk_size, adaptive, concurrency,
                priority, conflict, created_by, created_by_name)
            VALUES ($1, 'test', 'running', true, $2, 20, 5, $2, 4, false, 5, 0, 'skip', 'k', 'k')
            """;

    private static final String RUNNER =
            """
            INSERT INTO batch_operation_runners (batch_id, runner, generation, busy) SELECT $1, n, 1, true
            FROM generate_series(0, 4) AS n
            """;

    private static final String CHUNKS =
            """
            INSERT INTO batch_operation_chunks (batch_id, chunk, first_item, last_item, retry, runner)
            SELECT $1, n, n * 4, n * 4 + 4, false, n FROM generate_series(0, 4) AS n
            """;

    private static PostgresFixture postgres;
    private static BatchStore store;
    private static BatchRecords records;

    @BeforeAll
    static void begin() {
        postgres = new PostgresFixture();
        ObjectMapper mapper = new ObjectMapper();
        store = new BatchStore(postgres.pool(), mapper);
        get(store.ensureDay(Instant.now()));
        BatchConfig config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(BatchConfig.class)
                .build()
                .getConfigMapping(BatchConfig.class);
        records = new BatchRecords(store, config, mapper);
    }

    @AfterAll
    static void close() {
        postgres.close();
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(PATIENCE);
    }

    /** A batch whose five runners have a chunk of four items each in hand. */
    private static UUID batch(long total) {
        UUID id = BatchIds.next(Instant.now());
        get(store.query(BATCH, Tuple.of(id, total)));
        get(store.query(RUNNER, Tuple.of(id)));
        get(store.query(CHUNKS, Tuple.of(id)));
        return id;
    }

    private static BatchRecords.Ended ended(UUID batch, int runner, ItemResult result) {
        List<Chunk.Item> items = LongStream.range(runner * CHUNK, (runner + 1) * CHUNK)
                .mapToObj(item -> new Chunk.Item(item, Long.toString(item), null))
                .toList();
        Instant now = Instant.now();
        return new BatchRecords.Ended(
                new Chunk(batch, runner, 1, items),
                items.stream()
                        .map(item -> new Recorded(item.item(), result, now, now))
                        .toList(),
                true,
                new BatchRun(batch, runner, 1));
    }

    /** All five at once: the first is sent, the others gather behind it. */
    private static List<CompletableFuture<Row>> storeAll(List<BatchRecords.Ended> all) {
        List<CompletableFuture<Row>> stored = new ArrayList<>();
        all.forEach(each -> stored.add(records.store(each).subscribeAsCompletionStage()));
        return stored;
    }

    private static Batch find(UUID id) {
        return get(store.find(id)).orElseThrow();
    }

    @Test
    void eachRunnerIsGivenAChunkOfItsOwnUntilThereIsNone() {
        UUID id = batch(30);

        List<Row> rows = storeAll(IntStream.range(0, RUNNERS)
                        .mapToObj(runner -> ended(id, runner, ItemResult.completed()))
                        .toList())
                .stream()
                .map(CompletableFuture::join)
                .toList();

        Batch batch = find(id);
        assertThat(batch.counts().completed()).isEqualTo(20);
        assertThat(batch.counts().begun()).isEqualTo(30);
        // Ten items are left: two whole chunks and half of one.
        assertThat(rows.stream()
                        .filter(row -> row.getLong("taken_chunk") != null)
                        .map(row -> row.getLong("taken_chunk") + ": " + row.getLong("taken_first") + " to "
                                + row.getLong("taken_last")))
                .containsExactlyInAnyOrder("5: 20 to 24", "6: 24 to 28", "7: 28 to 30");
        List<BatchChunk> chunks = get(store.chunks(batch, -1, 20));
        assertThat(chunks.stream().filter(chunk -> chunk.finishedAt() != null))
                .hasSize(RUNNERS)
                .allSatisfy(chunk -> assertThat(chunk.completed()).isEqualTo(CHUNK));
        assertThat(chunks.stream().filter(chunk -> chunk.finishedAt() == null)).hasSize(3);
    }

    @Test
    void whatIsStoredTwiceCountsOnce() {
        UUID id = batch(20);
        List<BatchRecords.Ended> twice = new ArrayList<>();
        for (int runner = 0; runner < RUNNERS; runner++) {
            twice.add(ended(id, runner, ItemResult.completed()));
            twice.add(ended(id, runner, ItemResult.failed("too late")));
        }

        storeAll(twice).forEach(CompletableFuture::join);

        assertThat(find(id).counts().completed()).isEqualTo(20);
        assertThat(find(id).counts().failed()).isZero();
    }

    @Test
    void aChunkThatIsRefusedTakesNoOtherWithIt() {
        UUID id = batch(20);
        // Not a status that an item may end with.
        ItemResult refused = new ItemResult(ItemStatus.PENDING, null, null, null, List.of(), false, Map.of());

        List<CompletableFuture<Row>> stored = storeAll(IntStream.range(0, RUNNERS)
                .mapToObj(runner -> ended(id, runner, runner == 2 ? refused : ItemResult.skipped("odd")))
                .toList());

        for (int runner = 0; runner < RUNNERS; runner++) {
            CompletableFuture<Row> one = stored.get(runner);
            if (runner == 2) {
                assertThat(one.handle((row, failure) ->
                                        failure instanceof CompletionException wrapped ? wrapped.getCause() : failure)
                                .join())
                        .isInstanceOf(PgException.class);
            } else {
                assertThat(one.join().getLong("of_chunk")).isEqualTo(runner);
            }
        }
        assertThat(find(id).counts().skipped()).isEqualTo(16);
    }

    @Test
    void talliesAreCountedWithTheResults() {
        UUID id = batch(20);
        ItemResult counted = ItemResult.completed().counting("rows", 2);

        Row first = get(store.inTransaction(
                transaction -> records.store(transaction, ended(id, 0, counted), Map.of("rows", 8L))));
        Row again = get(store.inTransaction(
                transaction -> records.store(transaction, ended(id, 0, counted), Map.of("rows", 8L))));
        get(store.inTransaction(
                transaction -> records.store(transaction, ended(id, 1, counted), Map.of("rows", 8L, "more", 1L))));

        assertThat(first.getBoolean("counted")).isTrue();
        assertThat(again.getBoolean("counted")).isFalse();
        assertThat(find(id).result()).isEqualTo(Map.of("rows", 16L, "more", 1L));
    }
}
