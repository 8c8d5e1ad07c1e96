package io.penstock.worker.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchCallback;
import io.penstock.common.batch.BatchCallbacks;
import io.penstock.common.batch.BatchItem;
import io.penstock.common.batch.BatchSpec;
import io.penstock.common.batch.BatchStateException;
import io.penstock.common.batch.BatchStatus;
import io.penstock.common.batch.BatchStore;
import io.penstock.common.batch.Batches;
import io.penstock.common.batch.ConflictStrategy;
import io.penstock.common.batch.InvalidBatchException;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.batch.ItemStatus;
import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.diagnostics.Ping;
import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Batches, worked off by a whole worker on a real Redis and a real PostgreSQL. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class BatchesTest {

    @Inject
    Batches batches;

    @Inject
    BatchStore store;

    @Inject
    JobQueue queue;

    @Inject
    Pool pool;

    @Inject
    ObjectMapper json;

    @BeforeEach
    void begin() {
        TestBatches.DOES.clear();
        TestBatches.HANDLED.clear();
        get(pool.query("CREATE TABLE IF NOT EXISTS test_batch_effect (batch_id uuid, number bigint)")
                .execute());
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(30));
    }

    private Batch find(UUID id) {
        return get(store.find(id)).orElseThrow();
    }

    private Batch awaitEnd(UUID id) {
        await().atMost(Duration.ofSeconds(30)).until(() -> find(id).status().isEnd());
        return find(id);
    }

    private List<BatchItem> items(UUID id, ItemStatus status) {
        return get(store.items(find(id), -1, status, 200));
    }

    private static List<JsonNode> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(number -> (JsonNode) JsonNodeFactory.instance.numberNode(number))
                .toList();
    }

    private static void fails(Object item) {
        TestBatches.DOES.put(
                item, (what, context) -> Uni.createFrom().failure(new IllegalStateException("no " + what)));
    }

    @Test
    void everyItemHasAResult() {
        fails(7L);
        TestBatches.DOES.put(9L, (what, context) -> Uni.createFrom().item(ItemResult.skipped("odd")));

        Batch batch =
                awaitEnd(get(batches.create(BatchSpec.of(TestBatches.NUMBERS).withRange(1, 230)))
                        .id());

        assertThat(batch.status()).isEqualTo(BatchStatus.PARTIAL_SUCCESS);
        assertThat(batch.counts().total()).isEqualTo(230);
        assertThat(batch.counts().completed()).isEqualTo(228);
        assertThat(batch.counts().failed()).isEqualTo(1);
        assertThat(batch.counts().skipped()).isEqualTo(1);
        assertThat(batch.counts().percent()).isEqualTo(100);
        assertThat(batch.errors()).singleElement().satisfies(kind -> assertThat(kind.sample())
                .contains("no 7"));
        assertThat(TestBatches.HANDLED).hasSize(230).allSatisfy((item, times) -> assertThat(times)
                .isEqualTo(1));
        BatchItem failed = items(batch.id(), ItemStatus.FAILED).get(0);
        assertThat(failed.item()).isEqualTo(6);
        assertThat(String.valueOf(failed.value())).isEqualTo("7");
        assertThat(failed.error()).contains("IllegalStateException: no 7");
    }

    @Test
    void anEmptyBatchIsCompleteAtOnceAndCallsBack() {
        BatchCallback ping = new BatchCallback("diagnostics.ping", null, null);

        Batch batch = get(batches.create(BatchSpec.of(TestBatches.NUMBERS)
                .withItems(List.of())
                .withCallbacks(new BatchCallbacks(ping, ping, ping))));

        assertThat(batch.status()).isEqualTo(BatchStatus.COMPLETED);
        await().until(() ->
                get(queue.find("batch-" + batch.id() + "-on-complete")).isPresent());
        await().until(() ->
                get(queue.find("batch-" + batch.id() + "-on-success")).isPresent());
        assertThat(get(queue.find("batch-" + batch.id() + "-on-failure"))).isEmpty();
    }

    @Test
    void whatCannotBeReadFailsAndNoOtherDoes() throws Exception {
        List<JsonNode> items =
                List.of(json.readTree("{\"text\":\"fine\"}"), json.readTree("{\"text\":\"\"}"), json.readTree("[1]"));
        Batch open = get(batches.create(BatchSpec.of(TestBatches.WORDS).opened()));
        get(batches.append(open.id(), BatchStore.Input.of(items), 0L));
        get(batches.append(
                open.id(),
                new BatchStore.Input(List.of(JsonNodeFactory.instance.textNode("{")), List.of("line 4: is no JSON")),
                3L));
        get(batches.seal(open.id()));

        Batch batch = awaitEnd(open.id());

        assertThat(batch.counts().completed()).isEqualTo(1);
        assertThat(items(batch.id(), ItemStatus.FAILED))
                .extracting(item -> item.item() + " " + item.error())
                .satisfiesExactly(
                        blank -> assertThat(blank).startsWith("1 text: "),
                        array -> assertThat(array).startsWith("2 is no Word: "),
                        line -> assertThat(line).isEqualTo("3 line 4: is no JSON"));
    }

    @Test
    void onlyFailedItemsRunAgain() {
        fails(3L);
        fails(190L);
        BatchCallback ping = new BatchCallback("diagnostics.ping", null, null);
        UUID id = get(batches.create(BatchSpec.of(TestBatches.NUMBERS)
                        .withRange(1, 200)
                        .withCallbacks(new BatchCallbacks(ping, ping, null))))
                .id();
        awaitEnd(id);
        TestBatches.DOES.clear();

        assertThat(get(batches.retryFailed(id)).change()).isEqualTo(Batches.Change.DONE);
        Batch batch = awaitEnd(id);

        assertThat(batch.status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(batch.counts().completed()).isEqualTo(200);
        assertThat(batch.counts().failed()).isZero();
        assertThat(TestBatches.HANDLED.get(3L)).isEqualTo(2);
        assertThat(TestBatches.HANDLED.get(4L)).isEqualTo(1);
        assertThat(TestBatches.HANDLED.values().stream()
                        .mapToInt(times -> times)
                        .sum())
                .isEqualTo(202);
        assertThat(get(store.items(batch, 2 - 1, null, 1)).get(0).retries()).isEqualTo(1);
        await().until(() -> get(queue.find("batch-" + id + "-on-success")).isPresent());
        assertThat(get(batches.retryFailed(id)).change()).isEqualTo(Batches.Change.CONFLICT);
    }

    @Test
    void aCancelledBatchRunsNothingMore() {
        CompletableFuture<ItemResult> gate = new CompletableFuture<>();
        TestBatches.DOES.put(1L, (what, context) -> Uni.createFrom().completionStage(gate));
        UUID id = get(batches.create(BatchSpec.of(TestBatches.NUMBERS)
                        .withRange(1, 500)
                        .withFixedChunks(1)
                        .withConcurrency(1)))
                .id();
        await().until(() -> TestBatches.HANDLED.containsKey(1L));

        assertThat(get(batches.cancel(id)).change()).isEqualTo(Batches.Change.DONE);
        gate.complete(ItemResult.completed());

        await().until(() -> find(id).counts().completed() == 1);
        assertThat(find(id).status()).isEqualTo(BatchStatus.CANCELLED);
        assertThat(TestBatches.HANDLED).containsOnlyKeys(1L);
        assertThat(get(batches.cancel(id)).change()).isEqualTo(Batches.Change.CONFLICT);
        assertThat(get(batches.cancel(UUID.randomUUID())).change()).isEqualTo(Batches.Change.UNKNOWN);
    }

    @Test
    void aPausedBatchGoesOnWhenItIsResumed() {
        CompletableFuture<ItemResult> gate = new CompletableFuture<>();
        TestBatches.DOES.put(1L, (what, context) -> Uni.createFrom().completionStage(gate));
        UUID id = get(batches.create(BatchSpec.of(TestBatches.NUMBERS)
                        .withRange(1, 40)
                        .withFixedChunks(1)
                        .withConcurrency(1)))
                .id();
        await().until(() -> TestBatches.HANDLED.containsKey(1L));
        get(batches.pause(id));
        gate.complete(ItemResult.completed());
        await().until(() -> find(id).counts().completed() == 1);
        await().until(() -> busyRunners(id) == 0);

        assertThat(items(id, ItemStatus.PENDING)).hasSize(39);
        assertThat(TestBatches.HANDLED).hasSize(1);
        get(batches.resume(id));
        assertThat(awaitEnd(id).counts().completed()).isEqualTo(40);
    }

    private long busyRunners(UUID id) {
        return get(pool.preparedQuery("SELECT count(*) FROM batch_operation_runners WHERE batch_id = $1 AND busy")
                        .execute(Tuple.of(id)))
                .iterator()
                .next()
                .getLong(0);
    }

    @Test
    void itemsThatComeLaterAreRunWhileTheBatchIsOpen() {
        UUID id =
                get(batches.create(BatchSpec.of(TestBatches.NUMBERS).opened())).id();
        get(batches.append(id, BatchStore.Input.of(numbers(1, 120)), 0L));
        await().until(() -> find(id).counts().completed() == 120);
        assertThat(find(id).status()).isEqualTo(BatchStatus.RUNNING);

        assertThatThrownBy(() -> get(batches.append(id, BatchStore.Input.of(numbers(1, 5)), 100L)))
                .isInstanceOf(BatchStateException.class)
                .hasMessage("the batch does not have 100 items");
        get(batches.append(id, BatchStore.Input.of(numbers(121, 130)), 120L));
        get(batches.seal(id));

        assertThat(awaitEnd(id).counts().completed()).isEqualTo(130);
        assertThatThrownBy(() -> get(batches.append(id, BatchStore.Input.of(numbers(1, 5)), null)))
                .isInstanceOf(BatchStateException.class);
    }

    @Test
    void aStreamBecomesABatch() {
        Batch batch = get(batches.createFrom(
                BatchSpec.of(TestBatches.NUMBERS), Multi.createFrom().range(0, 2_345)));

        assertThat(awaitEnd(batch.id()).counts().completed()).isEqualTo(2_345);
    }

    @Test
    void aStreamThatBreaksOffLeavesNoBatchThatLooksWhole() {
        String name = "n-" + UUID.randomUUID();
        Multi<Integer> broken = Multi.createBy()
                .concatenating()
                .streams(
                        Multi.createFrom().range(0, 1_500),
                        Multi.createFrom().failure(new IllegalStateException("the query broke off")));

        assertThatThrownBy(() ->
                        get(batches.createFrom(BatchSpec.of(TestBatches.NUMBERS).named(name), broken)))
                .hasMessageContaining("the query broke off");

        Batch batch = get(store.list(null, BatchStatus.CANCELLED, TestBatches.NUMBERS.name(), null, null, 200)).stream()
                .filter(one -> name.equals(one.name()))
                .findFirst()
                .orElseThrow();
        assertThat(batch.counts().total()).isLessThanOrEqualTo(1_500);
        assertThatThrownBy(() -> get(batches.append(batch.id(), BatchStore.Input.of(numbers(1, 2)), null)))
                .isInstanceOf(BatchStateException.class);
    }

    @Test
    void aBatchMayAddToItself() {
        TestBatches.DOES.put(1L, (what, context) -> Uni.createFrom()
                .item(ItemResult.completed().adding(List.of(100L, 101L))));
        TestBatches.DOES.put(100L, (what, context) -> Uni.createFrom()
                .item(ItemResult.completed().adding(List.of(200L))));

        Batch batch =
                awaitEnd(get(batches.create(BatchSpec.of(TestBatches.NUMBERS).withRange(1, 3)))
                        .id());

        assertThat(batch.counts().completed()).isEqualTo(6);
        assertThat(TestBatches.HANDLED).containsOnlyKeys(1L, 2L, 3L, 100L, 101L, 200L);
    }

    @Test
    void aConflictMeansWhatTheBatchWantsItTo() {
        TestBatches.DOES.put(5L, (what, context) -> Uni.createFrom().item(ItemResult.conflict("changed meanwhile")));
        BatchSpec spec = BatchSpec.of(TestBatches.NUMBERS)
                .withRange(1, 400)
                .withFixedChunks(1)
                .withConcurrency(1);

        Batch skipped = awaitEnd(get(batches.create(spec)).id());
        Batch aborted = awaitEnd(
                get(batches.create(spec.withConflict(ConflictStrategy.ABORT))).id());

        assertThat(skipped.status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(skipped.counts().skipped()).isEqualTo(1);
        assertThat(aborted.status()).isEqualTo(BatchStatus.CANCELLED);
        assertThat(aborted.counts().failed()).isEqualTo(1);
        assertThat(aborted.counts().ended()).isLessThan(400);
    }

    @Test
    void aBatchFollowsAnotherThatCompleted() {
        BatchSpec second =
                BatchSpec.of(TestBatches.NUMBERS).withRange(1_001, 1_010).named("second " + UUID.randomUUID());
        get(batches.create(BatchSpec.of(TestBatches.NUMBERS).withRange(1, 10).then(second)));

        await().until(() -> get(store.list(null, BatchStatus.COMPLETED, null, null, null, 50)).stream()
                .anyMatch(batch -> second.name().equals(batch.name())));
        assertThat(TestBatches.HANDLED).hasSize(20);
    }

    @Test
    void aParentWaitsForItsChildren() {
        fails(11L);
        UUID parent =
                get(batches.create(BatchSpec.of(TestBatches.NUMBERS).opened())).id();
        UUID first = get(batches.create(BatchSpec.of(TestBatches.NUMBERS).withRange(1, 5), parent, "a", "a"))
                .id();
        UUID second = get(batches.create(BatchSpec.of(TestBatches.NUMBERS).withRange(10, 12), parent, "a", "a"))
                .id();
        awaitEnd(first);
        awaitEnd(second);
        assertThat(find(parent).status().isEnd()).isFalse();

        get(batches.seal(parent));

        Batch ended = awaitEnd(parent);
        assertThat(ended.status()).isEqualTo(BatchStatus.PARTIAL_SUCCESS);
        assertThat(ended.counts().children()).isEqualTo(2);
        assertThat(ended.counts().childrenFailed()).isEqualTo(1);
        assertThatThrownBy(() ->
                        get(batches.create(BatchSpec.of(TestBatches.NUMBERS).withRange(1, 5), parent, "a", "a")))
                .isInstanceOf(InvalidBatchException.class);
    }

    @Test
    void effectAndRecordAreOneWhereBothAreInPostgres() {
        fails(17L);
        Batch batch = awaitEnd(get(batches.create(BatchSpec.of(TestBatches.ROWS).withRange(1, 120)))
                .id());

        assertThat(batch.counts().completed()).isEqualTo(119);
        assertThat(batch.counts().failed()).isEqualTo(1);
        List<Long> numbers = get(
                        pool.preparedQuery("SELECT number FROM test_batch_effect WHERE batch_id = $1 ORDER BY number")
                                .execute(Tuple.of(batch.id())))
                .stream()
                .map(row -> row.getLong(0))
                .toList();
        assertThat(numbers).hasSize(119).doesNotHaveDuplicates().doesNotContain(17L);
    }

    @Test
    void aHandlerIsToldTheConfigAndWhatItCountsAddsUp() {
        TestBatches.DOES.put(2L, (what, context) -> Uni.createFrom()
                .item(ItemResult.completed()
                        .counting("rows", context.config().getLong("each"))
                        .counting("odd", 1)));
        TestBatches.DOES.put(3L, (what, context) -> Uni.createFrom()
                .item(ItemResult.skipped("empty").counting("rows", 2)));
        TestBatches.DOES.put(4L, (what, context) -> Uni.createFrom()
                .item(ItemResult.failed("no").counting("rows", 100)));

        Batch batch = awaitEnd(get(batches.create(BatchSpec.of(TestBatches.NUMBERS)
                        .withRange(1, 60)
                        .withFixedChunks(20)
                        .withConfig(JsonNodeFactory.instance.objectNode().put("each", 40))))
                .id());

        assertThat(batch.result()).isEqualTo(Map.of("rows", 42L, "odd", 1L));
    }

    @Test
    void aCancelledBatchDoesNotWaitForAnUpstream() {
        TestBatches.DOES.put(1L, (what, context) -> Uni.createFrom()
                .failure(new SnoozeException(Duration.ofMillis(20), "breaker open")));
        UUID id = get(batches.create(BatchSpec.of(TestBatches.NUMBERS)
                        .withRange(1, 5)
                        .withFixedChunks(1)
                        .withConcurrency(1)))
                .id();
        await().until(() -> TestBatches.HANDLED.getOrDefault(1L, 0) > 1);

        get(batches.cancel(id));

        // Its job was dropped while it was put off, or has left by itself.
        await().until(() -> get(queue.find("batch-" + id + "-0-1"))
                .filter(job -> !job.state().hasEnded())
                .isEmpty());
        assertThat(TestBatches.HANDLED).containsOnlyKeys(1L);
    }

    @Test
    void whatWasFetchedAShortWhileAgoIsNotAskedForAgain() {
        BatchSpec spec = BatchSpec.of(TestBatches.FETCHED).withRange(5_000_001, 5_000_020);
        fails(5_000_007L);

        Batch first = awaitEnd(get(batches.create(spec)).id());
        Batch second = awaitEnd(get(batches.create(spec)).id());

        assertThat(first.errors()).singleElement().satisfies(kind -> assertThat(kind.sample())
                .contains("no 5000007"));
        assertThat(first.counts().completed()).isEqualTo(19);
        assertThat(second.counts().completed()).isEqualTo(19);
        assertThat(items(second.id(), ItemStatus.COMPLETED).get(0).targetId()).isEqualTo("word 5000001");
        assertThat(TestBatches.HANDLED.get(5_000_001L)).isEqualTo(2);
        assertThat(TestBatches.ASKED).hasSize(20).allSatisfy((item, times) -> assertThat(times)
                .isEqualTo(1));
    }

    /** As it is when a breaker is open: no item fails for it, and none is done twice. */
    @Test
    void whatAnUpstreamPutsOffIsDoneLater() {
        AtomicInteger asked = new AtomicInteger();
        for (long item : List.of(3L, 9L)) {
            TestBatches.DOES.put(
                    item,
                    (what, context) -> asked.incrementAndGet() <= 8
                            ? Uni.createFrom().failure(new SnoozeException(Duration.ofMillis(10), "breaker open"))
                            : Uni.createFrom().item(ItemResult.completed()));
        }

        Batch batch = awaitEnd(get(batches.create(BatchSpec.of(TestBatches.NUMBERS)
                        .withRange(1, 20)
                        .withFixedChunks(10)
                        .withConcurrency(1)))
                .id());

        assertThat(batch.status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(batch.counts().completed()).isEqualTo(20);
        assertThat(asked).hasValueGreaterThanOrEqualTo(10);
        assertThat(TestBatches.HANDLED.get(1L)).isEqualTo(1);
    }

    @Test
    void anItemThatFailsComesAgainUntilItsTriesAreUsedUp() {
        UpstreamFaultException fault = new UpstreamFaultException("no answer", Optional.of(Duration.ofMillis(10)));
        TestBatches.DOES.put(
                3L,
                (what, context) -> TestBatches.HANDLED.get(3L) < 3
                        ? Uni.createFrom().failure(fault)
                        : Uni.createFrom().item(ItemResult.completed().counting("rows", 1)));
        TestBatches.DOES.put(4L, (what, context) -> Uni.createFrom().failure(fault));
        TestBatches.DOES.put(
                5L, (what, context) -> Uni.createFrom().failure(new UnrecoverableJobException("not allowed")));

        Batch batch = awaitEnd(get(batches.create(BatchSpec.of(TestBatches.STUBBORN)
                        .withRange(1, 20)
                        .withFixedChunks(10)
                        .withConcurrency(1)))
                .id());

        assertThat(batch.counts().completed()).isEqualTo(18);
        assertThat(batch.result()).isEqualTo(Map.of("rows", 1L));
        assertThat(items(batch.id(), ItemStatus.FAILED))
                .extracting(BatchItem::error)
                .containsExactly("no answer", "not allowed");
        assertThat(TestBatches.HANDLED)
                .containsEntry(3L, 3)
                .containsEntry(4L, 3)
                .containsEntry(5L, 1)
                .containsEntry(6L, 1);

        get(batches.retryFailed(batch.id()));

        assertThat(awaitEnd(batch.id()).counts().failed()).isEqualTo(2);
        assertThat(TestBatches.HANDLED).containsEntry(4L, 6).containsEntry(5L, 2);
    }

    private List<Long> effects(UUID id) {
        return get(pool.preparedQuery("SELECT number FROM test_batch_effect WHERE batch_id = $1 ORDER BY number")
                        .execute(Tuple.of(id)))
                .stream()
                .map(row -> row.getLong(0))
                .toList();
    }

    @Test
    void whatWasFetchedIsStoredOnceWithItsRecord() {
        TestBatches.DOES.put(
                3L,
                (what, context) -> TestBatches.HANDLED.get(3L) < 2
                        ? Uni.createFrom().failure(new UpstreamFaultException("no", Optional.of(Duration.ofMillis(10))))
                        : Uni.createFrom().item(ItemResult.completed().counting("rows", 1)));
        TestBatches.DOES.put(4L, (what, context) -> Uni.createFrom().item(ItemResult.again("not yet")));
        TestBatches.DOES.put(
                5L, (what, context) -> Uni.createFrom().failure(new UnrecoverableJobException("not allowed")));

        UUID id = get(batches.create(
                        BatchSpec.of(TestBatches.STORED).withRange(1, 25).withFixedChunks(10)))
                .id();

        assertThat(awaitEnd(id).counts().completed()).isEqualTo(23);
        assertThat(find(id).result()).isEqualTo(Map.of("rows", 1L));
        assertThat(items(id, ItemStatus.FAILED)).extracting(BatchItem::error).containsExactly("not yet", "not allowed");
        assertThat(effects(id)).hasSize(24).doesNotHaveDuplicates().doesNotContain(50L);
        await().atMost(Duration.ofSeconds(30)).until(() -> get(store.chunks(find(id), -1, 10)).stream()
                .allMatch(chunk -> chunk.finishedAt() != null));
    }

    /** As it is when a lost run wakes up again. */
    @Test
    void anEffectOfAnItemThatHadEndedIsUndone() {
        TestBatches.DOES.put(1L, (what, context) -> pool.preparedQuery("INSERT INTO batch_operation_items"
                        + " (batch_id, item, chunk, status, round) VALUES ($1, 0, 0, 'completed', 0)")
                .execute(Tuple.of(context.batchId()))
                .replaceWith(ItemResult.completed()));

        UUID id = get(batches.create(BatchSpec.of(TestBatches.STORED).withRange(1, 2)))
                .id();

        await().atMost(Duration.ofSeconds(30)).until(() -> find(id).counts().completed() == 1);
        assertThat(effects(id)).containsExactly(20L);
        assertThat(items(id, ItemStatus.COMPLETED)).hasSize(2);
        get(batches.cancel(id));
    }

    @Test
    void anItemWhoseEffectIsRecordedWithItDoesNotComeAgain() {
        TestBatches.DOES.put(2L, (what, context) -> Uni.createFrom().item(ItemResult.again("not yet")));

        Batch batch = awaitEnd(get(batches.create(BatchSpec.of(TestBatches.ROWS).withRange(1, 5)))
                .id());

        assertThat(batch.counts().completed()).isEqualTo(4);
        assertThat(items(batch.id(), ItemStatus.FAILED))
                .extracting(BatchItem::error)
                .containsExactly("not yet");
    }

    @Test
    void anItemThatTakesTooLongFailsAlone() throws Exception {
        TestBatches.Word slow = new TestBatches.Word("slow");
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        TestBatches.DOES.put(
                slow,
                (what, context) ->
                        Uni.createFrom().<ItemResult>nothing().onCancellation().invoke(() -> cancelled.complete(true)));

        Batch batch = awaitEnd(get(batches.create(BatchSpec.of(TestBatches.WORDS)
                        .withItems(List.of(json.valueToTree(slow), json.readTree("{\"text\":\"quick\"}")))))
                .id());

        assertThat(batch.counts().completed()).isEqualTo(1);
        assertThat(items(batch.id(), ItemStatus.FAILED).get(0).error()).isEqualTo("timed out after 2000 ms");
        assertThat(cancelled).isCompleted();
    }

    /** Those that record batches are longer than what the client of PostgreSQL keeps by itself. */
    @Test
    void longStatementsStayPrepared() {
        String statement = "SELECT 1 /* " + "long ".repeat(1_000) + "*/";
        long kept = get(pool.withConnection(connection -> connection
                .preparedQuery(statement)
                .execute()
                .chain(() -> connection
                        .preparedQuery("SELECT count(*) FROM pg_prepared_statements WHERE statement = $1")
                        .execute(Tuple.of(statement)))
                .map(rows -> rows.iterator().next().getLong(0))));
        assertThat(kept).isOne();
    }

    /** Items before and after the first one that takes its time. */
    @Test
    void quickAndSlowItemsOfOneChunkEachHaveAResult() {
        CompletableFuture<ItemResult> gate = new CompletableFuture<>();
        TestBatches.DOES.put(3L, (what, context) -> Uni.createFrom().completionStage(gate));
        fails(5L);
        UUID id = get(batches.create(BatchSpec.of(TestBatches.NUMBERS)
                        .withRange(1, 100)
                        .withFixedChunks(100)
                        .withConcurrency(1)))
                .id();
        await().atMost(Duration.ofSeconds(30)).until(() -> TestBatches.HANDLED.containsKey(5L));
        gate.complete(ItemResult.skipped("late"));

        Batch batch = awaitEnd(id);

        assertThat(batch.counts().completed()).isEqualTo(98);
        assertThat(batch.counts().skipped()).isEqualTo(1);
        assertThat(batch.counts().failed()).isEqualTo(1);
        assertThat(TestBatches.HANDLED).hasSize(100).allSatisfy((item, times) -> assertThat(times)
                .isEqualTo(1));
    }

    /** As a job of a runner that was buried leaves it. */
    @Test
    void aRunnerWhoseJobIsGoneIsReplaced() {
        UUID id =
                get(batches.create(BatchSpec.of(TestBatches.NUMBERS).opened())).id();
        get(pool.preparedQuery("INSERT INTO batch_operation_runners (batch_id, runner, generation, busy, seen_at)"
                        + " SELECT $1, n, 1, true, now() - interval '1 hour' FROM generate_series(0, 4) AS n")
                .execute(Tuple.of(id)));
        get(batches.append(id, BatchStore.Input.of(numbers(1, 10)), null));
        get(batches.seal(id));
        assertThat(find(id).counts().ended()).isZero();

        get(keep.handle(new io.penstock.common.batch.BatchKeep(), null));

        assertThat(awaitEnd(id).counts().completed()).isEqualTo(10);
    }

    @Test
    void aBatchWhoseHoldersJobIsCancelledEndsWithIt() {
        String jobId = "held-" + UUID.randomUUID();
        UUID id = get(batches.createHeld(
                        BatchSpec.of(TestBatches.NUMBERS).withRange(1, 10).withConcurrency(1),
                        "test",
                        "test",
                        new Batches.Holder(DiagnosticsJobs.PING.queue(), run -> jobId),
                        (transaction, made) -> Uni.createFrom().voidItem()))
                .batch()
                .id();
        get(jobs.enqueue(
                DiagnosticsJobs.PING,
                new Ping(),
                JobOptions.DEFAULT.withId(jobId).withDelay(Duration.ofHours(1))));
        unseen(id);
        get(keep.look());
        assertThat(find(id).status()).isEqualTo(BatchStatus.PENDING);
        assertThat(get(batches.held(id, jobId)).runs()).hasSize(1);

        get(admin.cancel(jobId, "not wanted"));
        unseen(id);
        get(keep.look());

        assertThat(find(id).status()).isEqualTo(BatchStatus.CANCELLED);
        assertThat(TestBatches.HANDLED).isEmpty();
    }

    private void unseen(UUID id) {
        get(pool.preparedQuery(
                        "UPDATE batch_operation_runners SET seen_at = now() - interval '1 hour' WHERE batch_id = $1")
                .execute(Tuple.of(id)));
    }

    @Inject
    JobEnqueuer jobs;

    @Inject
    JobAdmin admin;

    @Inject
    BatchKeepHandler keep;

    @Test
    void whatCannotBeIsRefusedBeforeAnythingIsStored() {
        BatchSpec spec = BatchSpec.of(TestBatches.NUMBERS);
        refused("range", spec.withRange(1, 1_000_000_000L));
        refused("range.to", spec.withRange(5, 1));
        refused("concurrency", spec.withRange(1, 2).withConcurrency(0));
        refused("chunkSize", spec.withRange(1, 2).withFixedChunks(101));
        refused("name", spec.withRange(1, 2).named(" "));
        refused("type", BatchSpec.builder("no.such").build());
        refused(
                "startAt",
                spec.toBuilder()
                        .startAt(Instant.now().plus(Duration.ofDays(500)))
                        .build());
        refused("config", spec.withConfig(JsonNodeFactory.instance.textNode("x")));
        refused("config", spec.withConfig(JsonNodeFactory.instance.objectNode().put("long", "x".repeat(20_000))));
        refused(
                "callbacks.onComplete.type",
                spec.withRange(1, 2)
                        .withCallbacks(new BatchCallbacks(new BatchCallback("no.such", null, null), null, null)));
        refused(
                "callbacks.onFailure.payload.ms",
                spec.withRange(1, 2)
                        .withCallbacks(new BatchCallbacks(
                                null,
                                null,
                                new BatchCallback(
                                        "diagnostics.sleep",
                                        JsonNodeFactory.instance.objectNode().put("ms", "x"),
                                        null))));
        refused("followedBy.range.to", spec.withRange(1, 2).then(spec.withRange(5, 1)));
    }

    private void refused(String field, BatchSpec spec) {
        assertThatThrownBy(() -> get(batches.create(spec)))
                .isInstanceOfSatisfying(
                        InvalidBatchException.class, e -> assertThat(e.field()).isEqualTo(field));
    }
}
