package io.penstock.worker.batch;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.BatchTypeSource;
import io.penstock.common.batch.ItemResult;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/** Batch types of the tests; each test says what is to be done with an item. */
@ApplicationScoped
public class TestBatches implements BatchTypeSource {

    /** An item with a constraint. */
    @RegisterForReflection
    public record Word(@NotBlank String text) {}

    static final BatchType<Word> WORDS = BatchType.of("test.words", Word.class).itemTimeout(Duration.ofSeconds(2));
    static final BatchType<Long> NUMBERS = BatchType.of("test.numbers", Long.class);
    static final BatchType<Long> ROWS = BatchType.of("test.rows", Long.class);

    static final BatchType<Long> STORED =
            BatchType.of("test.stored", Long.class).tries(2);

    static final BatchType<Long> STUBBORN =
            BatchType.of("test.stubborn", Long.class).tries(3);

    static final BatchType<Long> FETCHED = BatchType.of("test.fetched", Long.class);

    /** How often each item was asked for where it is fetched from. */
    static final Map<Long, Integer> ASKED = new ConcurrentHashMap<>();

    static final BiFunction<Object, ItemContext, Uni<ItemResult>> DONE =
            (item, context) -> Uni.createFrom().item(ItemResult.completed());

    /** By item; an item that is not here is done. */
    static final Map<Object, BiFunction<Object, ItemContext, Uni<ItemResult>>> DOES = new ConcurrentHashMap<>();

    /** How often each item was handled. */
    static final Map<Object, Integer> HANDLED = new ConcurrentHashMap<>();

    @Override
    public List<BatchType<?>> batchTypes() {
        return List.of(WORDS, NUMBERS, ROWS, STORED, STUBBORN, FETCHED);
    }

    private static Uni<ItemResult> does(Object item, ItemContext context) {
        HANDLED.merge(item, 1, Integer::sum);
        return DOES.getOrDefault(item, DONE).apply(item, context);
    }

    @ApplicationScoped
    static class WordHandler implements BatchHandler<Word> {

        @Override
        public BatchType<Word> type() {
            return WORDS;
        }

        @Override
        public Uni<ItemResult> handle(Word item, ItemContext context) {
            return does(item, context);
        }
    }

    @ApplicationScoped
    static class NumberHandler implements BatchHandler<Long> {

        @Override
        public BatchType<Long> type() {
            return NUMBERS;
        }

        @Override
        public Uni<ItemResult> handle(Long item, ItemContext context) {
            return does(item, context);
        }
    }

    /** Adds ten times each number to the same table, one by one; what a test says is done after that. */
    @ApplicationScoped
    static class StoredHandler implements StoringBatchHandler<Long, Long> {

        @Override
        public BatchType<Long> type() {
            return STORED;
        }

        @Override
        public Uni<Long> fetch(Long item, ItemContext context) {
            return Uni.createFrom().item(item * 10);
        }

        @Override
        public Uni<ItemResult> store(SqlConnection transaction, Long item, Long fetched, ItemContext context) {
            return transaction
                    .preparedQuery("INSERT INTO test_batch_effect (batch_id, number) VALUES ($1, $2)")
                    .execute(Tuple.of(context.batchId(), fetched))
                    .chain(() -> does(item, context));
        }
    }

    @ApplicationScoped
    static class StubbornHandler implements BatchHandler<Long> {

        @Override
        public BatchType<Long> type() {
            return STUBBORN;
        }

        @Override
        public Uni<ItemResult> handle(Long item, ItemContext context) {
            return does(item, context);
        }
    }

    /** Asks for a word to each number. */
    @ApplicationScoped
    static class FetchHandler implements FetchingBatchHandler<Long, Word> {

        @Override
        public BatchType<Long> type() {
            return FETCHED;
        }

        @Override
        public Class<Word> fetchedClass() {
            return Word.class;
        }

        @Override
        public String keyOf(Long item) {
            return item.toString();
        }

        @Override
        public Uni<Word> fetch(Long item) {
            ASKED.merge(item, 1, Integer::sum);
            return Uni.createFrom().item(new Word("word " + item));
        }

        @Override
        public Uni<ItemResult> handleFetched(Long item, Word word, ItemContext context) {
            return does(item, context).map(result -> result.of("word", word.text()));
        }
    }

    /** Adds each number to a table: whoever adds one twice is found out. */
    @ApplicationScoped
    static class RowHandler implements TransactionalBatchHandler<Long> {

        @Override
        public BatchType<Long> type() {
            return ROWS;
        }

        @Override
        public Uni<List<ItemResult>> handle(SqlConnection transaction, List<Long> items, ItemContext context) {
            return transaction
                    .preparedQuery("INSERT INTO test_batch_effect (batch_id, number) SELECT $1, unnest($2::bigint[])")
                    .execute(Tuple.of(context.batchId(), items.toArray(Long[]::new)))
                    .chain(() -> {
                        Uni<List<ItemResult>> all = Uni.createFrom().item(new ArrayList<>());
                        for (Long item : items) {
                            all = all.chain(results -> does(item, context).map(result -> {
                                results.add(result);
                                return results;
                            }));
                        }
                        return all;
                    });
        }
    }
}
