package io.penstock.worker.batch;

import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchConfig;
import io.penstock.common.batch.BatchRun;
import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.BatchWork;
import io.penstock.common.batch.Chunk;
import io.penstock.common.batch.ConflictStrategy;
import io.penstock.common.batch.Deadlines;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.batch.ItemStatus;
import io.penstock.common.batch.Recorded;
import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.job.FailureText;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnrecoverableJobException;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniSubscriber;
import io.smallrye.mutiny.subscription.UniSubscription;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the items of one chunk and records what becomes of them in sets, some at a time. A chunk that killed its worker is run item by
 * item, so that the next death tells which one it is; that one then fails.
 */
@ApplicationScoped
class ChunkRunner {

    /** A chunk that is begun for the third time is run with care. */
    private static final int CAREFUL_FROM = 3;
    /** From then on the first item without a result is given up at each beginning. */
    private static final int GIVE_UP_FROM = 5;

    private static final int RECORDED_AT_ONCE = 50;

    private final BatchHandlers handlers;
    private final FetchedItems fetched;
    private final BatchWork work;
    private final ItemReader reader;
    private final BatchConfig config;
    private final Deadlines deadlines = new Deadlines("batch-items");
    private final InstantSource clock = InstantSource.system();

    @Inject
    ChunkRunner(BatchHandlers handlers, FetchedItems fetched, BatchWork work, ItemReader reader, BatchConfig config) {
        this.handlers = handlers;
        this.fetched = fetched;
        this.work = work;
        this.reader = reader;
        this.config = config;
    }

    /**
     * What came of a chunk.
     *
     * @param putOff why the rest of it cannot be done now; null: it can
     * @param tried what became of items that were done by themselves
     */
    record Ran(BatchWork.State state, boolean conflict, @Nullable SnoozeException putOff, List<HeldChunk.Tried> tried) {

        static Ran of(BatchWork.State state, boolean conflict) {
            return new Ran(state, conflict, null, List.of());
        }
    }

    /** How items are done by themselves: so many at once, and each so often before it has failed. */
    record Manner(int itemsAtOnce, int tries) {}

    boolean knows(String type) {
        return handlers.single(type).isPresent() || handlers.transactional(type).isPresent();
    }

    /**
     * Runs what is left of a chunk.
     *
     * @param stopped true: no other item is to be begun; the rest of the chunk is left for later
     * @param taker asked when the chunk is through: the runner that goes on with another one; null: it does not
     */
    Uni<Ran> run(Batch batch, Chunk chunk, BooleanSupplier stopped, Supplier<@Nullable BatchRun> taker) {
        return begin(chunk, rest -> perform(batch, rest, stopped, taker));
    }

    /** The same, whatever handler the type has, and for this chunk alone. */
    <I> Uni<Ran> run(Batch batch, Chunk chunk, BatchHandler<I> handler, Manner manner, BooleanSupplier stopped) {
        return begin(chunk, rest -> oneByOne(handler, manner, rest, contextOf(batch), stopped, () -> null));
    }

    private Uni<Ran> begin(Chunk chunk, Function<Chunk, Uni<Ran>> perform) {
        if (chunk.items().isEmpty()) {
            return work.record(chunk, List.of(), true).map(state -> Ran.of(state, false));
        }
        if (chunk.attempts() >= GIVE_UP_FROM) {
            Chunk.Item culprit = chunk.items().get(0);
            ItemResult lost =
                    ItemResult.failed("its worker was lost " + (chunk.attempts() - 1) + " times with this chunk");
            return work.record(chunk, List.of(now(culprit, lost)), chunk.items().size() == 1)
                    .chain(state -> chunk.items().size() == 1
                            ? Uni.createFrom().item(Ran.of(state, false))
                            : perform.apply(chunk.with(
                                    chunk.items().subList(1, chunk.items().size()))));
        }
        return perform.apply(chunk);
    }

    private Uni<Ran> perform(Batch batch, Chunk chunk, BooleanSupplier stopped, Supplier<@Nullable BatchRun> taker) {
        ItemContext context = contextOf(batch);
        return handlers.transactional(batch.type())
                .map(handler -> together(handler, chunk, context, taker))
                .orElseGet(() -> oneByOne(handlers.single(batch.type()).orElseThrow(), chunk, context, stopped, taker));
    }

    private static ItemContext contextOf(Batch batch) {
        return new ItemContext(
                batch.id(), batch.tenant(), batch.settings().conflict(), batch.config(), batch.createdByName());
    }

    // items by themselves

    private <I> Uni<Ran> oneByOne(
            BatchHandler<I> handler,
            Chunk chunk,
            ItemContext context,
            BooleanSupplier stopped,
            Supplier<@Nullable BatchRun> taker) {
        Manner manner = new Manner(handler.type().itemsAtOnce(), handler.type().tries());
        return oneByOne(handler, manner, chunk, context, stopped, taker);
    }

    private <I> Uni<Ran> oneByOne(
            BatchHandler<I> handler,
            Manner manner,
            Chunk chunk,
            ItemContext context,
            BooleanSupplier stopped,
            Supplier<@Nullable BatchRun> taker) {
        BatchType<I> type = handler.type();
        boolean careful = chunk.attempts() >= CAREFUL_FROM;
        int atOnce = careful || !type.pause().isZero() ? 1 : manner.itemsAtOnce();
        int recordedAtOnce = careful ? 1 : RECORDED_AT_ONCE;
        boolean[] conflict = new boolean[1];
        AtomicReference<@Nullable SnoozeException> putOff = new AtomicReference<>();
        AtomicInteger left = new AtomicInteger(chunk.items().size());
        Queue<HeldChunk.Tried> tried = new ConcurrentLinkedQueue<>();
        Map<Long, BatchWork.State> stored = new ConcurrentHashMap<>();
        boolean stores = handler instanceof StoringBatchHandler;
        Function<Chunk.Item, Uni<ItemResult>> does = handler instanceof StoringBatchHandler<I, ?> storing
                ? item -> store(storing, chunk, item, context, (result, state) -> {
                    conflict[0] |= isAbort(context, result);
                    stored.put(item.item(), state);
                    left.decrementAndGet();
                })
                : item -> handle(handler, reader.read(type, item), context);
        Function<Chunk.Item, Begun> begins = item -> begin(type, item, does, manner, tried);
        List<Begun> quick = careful || stores || !type.pause().isZero()
                ? List.of()
                : quickOnes(begins, chunk, context, () -> stopped.getAsBoolean() || conflict[0], conflict);
        if (quick.size() == chunk.items().size() && quick.stream().allMatch(Begun::hasEnded)) {
            List<Recorded> results = quick.stream().map(Begun::recorded).toList();
            results.forEach(one -> conflict[0] |= isAbort(context, one.result()));
            return work.record(chunk, settled(context, results), true, conflict[0] ? null : taker.get())
                    .map(state -> new Ran(state, conflict[0], null, List.copyOf(tried)));
        }
        List<BatchWork.State> states = new ArrayList<>(1);
        return Multi.createFrom()
                .range(0, chunk.items().size())
                .onItem()
                .transformToUni(i -> i < quick.size()
                        ? putOffOr(quick.get(i).end(), putOff)
                        : stopped.getAsBoolean() || conflict[0] || putOff.get() != null
                                ? Uni.createFrom().<Recorded>nullItem()
                                : paused(
                                        type,
                                        putOffOr(
                                                begins.apply(chunk.items().get(i))
                                                        .end(),
                                                putOff)))
                .merge(atOnce)
                .filter(one -> !stored.containsKey(one.item()))
                .group()
                .intoLists()
                .of(recordedAtOnce, config.storeInterval())
                .onItem()
                .transformToUniAndConcatenate(some -> {
                    some.forEach(one -> conflict[0] |= isAbort(context, one.result()));
                    int ended = (int)
                            some.stream().filter(one -> !isAgain(one.result())).count();
                    boolean last = left.addAndGet(-ended) == 0 && !stores;
                    return work.record(chunk, settled(context, some), last, last && !conflict[0] ? taker.get() : null);
                })
                .collect()
                .in(() -> states, (all, state) -> {
                    all.clear();
                    all.add(state);
                })
                .invoke(all -> all.addAll(stored.values()))
                .chain(all -> stores
                        ? close(chunk, left.get() == 0, conflict[0] ? () -> null : taker, all)
                        : Uni.createFrom().item(all.isEmpty() ? BatchWork.State.of(false, false) : all.get(0)))
                .map(state -> new Ran(
                        state,
                        conflict[0],
                        putOff.get() != null ? putOff.get() : comesAgain(tried),
                        List.copyOf(tried)));
    }

    /** Items that are stored one by one leave the chunk open: whichever was the last, others might not have been there yet. */
    private Uni<BatchWork.State> close(
            Chunk chunk, boolean last, Supplier<@Nullable BatchRun> taker, Collection<BatchWork.State> stored) {
        boolean done = stored.stream().anyMatch(BatchWork.State::done);
        boolean goesOn = !stored.isEmpty() && stored.stream().allMatch(BatchWork.State::goesOn);
        return last
                ? work.record(chunk, List.of(), true, taker.get())
                        .map(state -> done ? BatchWork.State.of(state.goesOn(), true) : state)
                : Uni.createFrom().item(BatchWork.State.of(goesOn, done));
    }

    private static boolean isAgain(ItemResult result) {
        return result.status() == ItemStatus.PROCESSING;
    }

    /** Items that failed and are to come again put the rest of the chunk off, which is nothing else; null: there are none. */
    private static @Nullable SnoozeException comesAgain(Collection<HeldChunk.Tried> tried) {
        return tried.stream()
                .filter(HeldChunk.Tried::comesAgain)
                .map(one -> new SnoozeException(
                        one.wantedDelay(), "item " + one.item().item() + " comes again"))
                .reduce(ChunkRunner::longer)
                .orElse(null);
    }

    /**
     * The first items of a chunk, one after the other for as long as each has its result as soon as it is begun: most of what a quick item
     * would cost otherwise is to wait for it. The last one may have no result yet.
     */
    private List<Begun> quickOnes(
            Function<Chunk.Item, Begun> begins,
            Chunk chunk,
            ItemContext context,
            BooleanSupplier stopped,
            boolean[] conflict) {
        long until = System.nanoTime() + config.storeInterval().toNanos();
        List<Begun> begun = new ArrayList<>(chunk.items().size());
        for (Chunk.Item item : chunk.items()) {
            if (stopped.getAsBoolean() || System.nanoTime() - until > 0) {
                return begun;
            }
            Begun one = begins.apply(item);
            begun.add(one);
            if (!one.hasResult()) {
                return begun;
            }
            conflict[0] |= isAbort(context, one.recorded().result());
        }
        return begun;
    }

    private static Uni<Recorded> putOffOr(Uni<Recorded> item, AtomicReference<@Nullable SnoozeException> putOff) {
        return item.onFailure(SnoozeException.class).recoverWithItem(why -> {
            putOff.updateAndGet(known -> longer(known, why));
            return null;
        });
    }

    private static SnoozeException longer(@Nullable SnoozeException known, SnoozeException other) {
        return known != null && known.delay().compareTo(other.delay()) >= 0 ? known : other;
    }

    /** The next item of a limited upstream waits after this one. */
    private static Uni<Recorded> paused(BatchType<?> type, Uni<Recorded> item) {
        return type.pause().isZero() ? item : item.onItem().delayIt().by(type.pause());
    }

    private Begun begin(
            BatchType<?> type,
            Chunk.Item item,
            Function<Chunk.Item, Uni<ItemResult>> does,
            Manner manner,
            Queue<HeldChunk.Tried> tried) {
        Begun begun = new Begun(item, type.itemTimeout(), manner.tries(), tried);
        try {
            does.apply(item).subscribe().withSubscriber(begun);
        } catch (Throwable e) {
            begun.onFailure(e);
        }
        return begun;
    }

    /** An item in hand: its handler has been asked, and what became of it is there at once, or comes. */
    private final class Begun implements UniSubscriber<ItemResult> {

        private final Chunk.Item item;
        private final Duration limit;
        private final int tries;
        private final Queue<HeldChunk.Tried> tried;
        private final Instant started = clock.instant();
        private final CompletableFuture<Recorded> end = new CompletableFuture<>();
        private volatile @Nullable UniSubscription subscription;

        Begun(Chunk.Item item, Duration limit, int tries, Queue<HeldChunk.Tried> tried) {
            this.item = item;
            this.limit = limit;
            this.tries = tries;
            this.tried = tried;
        }

        /** It has a result, and does not come again. */
        boolean hasEnded() {
            return hasResult() && !isAgain(recorded().result());
        }

        /** False also where the item was put off. */
        boolean hasResult() {
            return end.isDone() && !end.isCompletedExceptionally();
        }

        Recorded recorded() {
            return end.join();
        }

        /** Its result; fails with {@link SnoozeException} where it was put off. */
        Uni<Recorded> end() {
            if (hasResult()) {
                return Uni.createFrom().item(recorded());
            }
            Uni<Recorded> result = Uni.createFrom().emitter(emitter -> {
                emitter.onTermination(this::giveUp);
                var unused = end.whenComplete((recorded, failure) -> {
                    if (failure == null) {
                        emitter.complete(recorded);
                    } else {
                        emitter.fail(failure);
                    }
                });
            });
            return deadlines
                    .within(limit, result, () -> new ItemTimeoutException(limit))
                    .onFailure(ItemTimeoutException.class)
                    .recoverWithItem(failure -> recorded(resultOf(failure), failure));
        }

        private void giveUp() {
            UniSubscription there = subscription;
            if (there != null && !end.isDone()) {
                there.cancel();
            }
        }

        private Recorded recorded(ItemResult answer, @Nullable Throwable failure) {
            ItemResult result = isAgain(answer) && item.failures() + 1 >= tries
                    ? ItemResult.failed(String.valueOf(answer.error()))
                    : answer;
            tried.add(new HeldChunk.Tried(item, result, failure));
            return new Recorded(item.item(), result, started, clock.instant());
        }

        @Override
        public void onSubscribe(UniSubscription given) {
            subscription = given;
        }

        @Override
        public void onItem(@Nullable ItemResult result) {
            end.complete(recorded(answered(result), null));
        }

        @Override
        public void onFailure(Throwable failure) {
            if (failure instanceof SnoozeException) {
                tried.add(new HeldChunk.Tried(item, ItemResult.again(text(failure)), failure));
                end.completeExceptionally(failure);
            } else {
                end.complete(recorded(resultOf(failure), failure));
            }
        }
    }

    private static ItemResult answered(@Nullable ItemResult answer) {
        return answer == null ? ItemResult.failed("its handler gave no result") : answer;
    }

    /** What no other try can help has failed. */
    private static ItemResult resultOf(Throwable failure) {
        return failure instanceof UnrecoverableJobException || failure instanceof ItemReader.UnreadableItemException
                ? ItemResult.failed(text(failure))
                : ItemResult.again(text(failure));
    }

    /** @param recorded told once effect and record are there */
    private <I, V> Uni<ItemResult> store(
            StoringBatchHandler<I, V> handler,
            Chunk chunk,
            Chunk.Item item,
            ItemContext context,
            BiConsumer<ItemResult, BatchWork.State> recorded) {
        Instant started = clock.instant();
        I value = reader.read(handler.type(), item);
        AtomicReference<@Nullable ItemResult> result = new AtomicReference<>();
        return handler.fetch(value, context)
                .chain(fetched -> work.recordOne(chunk, transaction -> handler.store(
                                transaction, value, fetched, context)
                        .map(answer -> ended(answered(answer)))
                        .invoke(result::set)
                        .map(answer -> settled(
                                        context, List.of(new Recorded(item.item(), answer, started, clock.instant())))
                                .get(0))))
                .map(state -> {
                    ItemResult stored = Objects.requireNonNull(result.get());
                    recorded.accept(stored, state);
                    return stored;
                });
    }

    private <I> Uni<ItemResult> handle(BatchHandler<I> handler, I item, ItemContext context) {
        return handler instanceof FetchingBatchHandler<I, ?> fetching
                ? fetched.handle(fetching, item, context)
                : handler.handle(item, context);
    }

    // items in one transaction

    private <I> Uni<Ran> together(
            TransactionalBatchHandler<I> handler,
            Chunk chunk,
            ItemContext context,
            Supplier<@Nullable BatchRun> taker) {
        boolean[] conflict = new boolean[1];
        if (chunk.attempts() >= CAREFUL_FROM) {
            return apart(handler, chunk, context)
                    .onFailure(SnoozeException.class)
                    .recoverWithItem(why -> new Ran(BatchWork.State.of(true, false), false, why, List.of()));
        }
        return prepared(handler, chunk, context)
                .chain(ready -> work.recordWith(
                        chunk, true, () -> conflict[0] ? null : taker.get(), (transaction, items) -> handleAll(
                                        ready, transaction, items)
                                .invoke(results ->
                                        results.forEach(one -> conflict[0] |= isAbort(context, one.result())))
                                .map(results -> settled(context, results))))
                .map(state -> Ran.of(state, conflict[0]))
                .onFailure(failure -> !isOutage(failure) && !(failure instanceof SnoozeException))
                .recoverWithUni(failure -> apart(handler, chunk, context))
                .onFailure(SnoozeException.class)
                .recoverWithItem(why -> new Ran(BatchWork.State.of(true, false), conflict[0], why, List.of()));
    }

    private static boolean isOutage(Throwable failure) {
        return failure instanceof java.io.IOException
                || failure instanceof io.vertx.sqlclient.ClosedConnectionException
                || failure instanceof io.smallrye.mutiny.TimeoutException
                || (failure instanceof PgException told && isOutage(told.getSqlState()));
    }

    /** PostgreSQL goes, comes, or cannot be reached: nothing that an item could be blamed for. */
    static boolean isOutage(@Nullable String sqlState) {
        return sqlState != null && (sqlState.startsWith("57P") || sqlState.startsWith("08"));
    }

    /** Each item in a transaction of its own; one that fails is recorded as failed in another. */
    private <I> Uni<Ran> apart(TransactionalBatchHandler<I> handler, Chunk chunk, ItemContext context) {
        int size = chunk.items().size();
        boolean[] conflict = new boolean[1];
        Uni<BatchWork.State> all = Uni.createFrom().nullItem();
        for (int i = 0; i < size; i++) {
            Chunk.Item item = chunk.items().get(i);
            boolean last = i == size - 1;
            Chunk alone = new Chunk(chunk.batchId(), chunk.number(), chunk.attempts(), List.of(item));
            all = all.chain(() -> prepared(handler, alone, context)
                    .chain(ready -> work.recordWith(alone, last, () -> null, (transaction, items) -> handleAll(
                                    ready, transaction, items)
                            .invoke(results -> results.forEach(one -> conflict[0] |= isAbort(context, one.result())))
                            .map(results -> settled(context, results))))
                    .onFailure(failure -> !isOutage(failure) && !(failure instanceof SnoozeException))
                    .recoverWithUni(
                            failure -> work.record(alone, List.of(now(item, ItemResult.failed(text(failure)))), last)));
        }
        return all.map(state -> Ran.of(state, conflict[0]));
    }

    /**
     * The items of a chunk, read and prepared.
     *
     * @param values by the number of the item; those that could be read
     * @param faults of the others
     */
    private record Ready<I>(
            Map<Long, I> values,
            Map<Long, ItemResult> faults,
            TransactionalBatchHandler.Prepared<I> prepared,
            Duration limit) {}

    private <I> Uni<Ready<I>> prepared(TransactionalBatchHandler<I> handler, Chunk chunk, ItemContext context) {
        Map<Long, I> values = new LinkedHashMap<>();
        Map<Long, ItemResult> faults = new HashMap<>();
        for (Chunk.Item item : chunk.items()) {
            try {
                values.put(item.item(), reader.read(handler.type(), item));
            } catch (ItemReader.UnreadableItemException e) {
                faults.put(item.item(), ItemResult.failed(text(e)));
            }
        }
        Duration limit = handler.type().itemTimeout();
        return Uni.createFrom()
                .deferred(() -> handler.prepare(List.copyOf(values.values()), context))
                .ifNoItem()
                .after(limit)
                .failWith(() -> new ItemTimeoutException(limit))
                .map(prepared -> new Ready<>(values, faults, prepared, limit));
    }

    private <I> Uni<List<Recorded>> handleAll(Ready<I> ready, SqlConnection transaction, List<Chunk.Item> items) {
        Instant started = clock.instant();
        List<I> readable = new ArrayList<>(items.size());
        List<Chunk.Item> read = new ArrayList<>(items.size());
        List<Recorded> results = new ArrayList<>(items.size());
        for (Chunk.Item item : items) {
            I value = ready.values().get(item.item());
            if (value == null) {
                results.add(
                        now(item, Objects.requireNonNull(ready.faults().get(item.item()), "read, or not readable")));
            } else {
                readable.add(value);
                read.add(item);
            }
        }
        if (readable.isEmpty()) {
            return Uni.createFrom().item(results);
        }
        return ready.prepared()
                .handle(transaction, readable)
                .ifNoItem()
                .after(ready.limit())
                .failWith(() -> new ItemTimeoutException(ready.limit()))
                .map(outcomes -> {
                    if (outcomes.size() != read.size()) {
                        throw new IllegalStateException(
                                "its handler gave " + outcomes.size() + " results for " + read.size() + " items");
                    }
                    for (int i = 0; i < outcomes.size(); i++) {
                        results.add(new Recorded(read.get(i).item(), ended(outcomes.get(i)), started, clock.instant()));
                    }
                    return results;
                });
    }

    // results

    /** What has its effect in the transaction of its record does not come again. */
    private static ItemResult ended(ItemResult result) {
        return isAgain(result) ? ItemResult.failed(String.valueOf(result.error())) : result;
    }

    private static boolean isAbort(ItemContext context, ItemResult result) {
        return result.conflict() && context.conflict() == ConflictStrategy.ABORT;
    }

    /** What a conflict means under the batch's strategy. */
    private static List<Recorded> settled(ItemContext context, List<Recorded> results) {
        return results.stream()
                .map(one -> one.result().conflict() && context.conflict() == ConflictStrategy.SKIP
                        ? new Recorded(one.item(), asSkipped(one.result()), one.startedAt(), one.finishedAt())
                        : one)
                .toList();
    }

    private static ItemResult asSkipped(ItemResult result) {
        return new ItemResult(
                ItemStatus.SKIPPED,
                result.error(),
                result.target(),
                result.original(),
                result.more(),
                true,
                result.tallies());
    }

    private Recorded now(Chunk.Item item, ItemResult result) {
        Instant now = clock.instant();
        return new Recorded(item.item(), result, now, now);
    }

    /** What cannot be read, what took too long and what was refused on purpose is said without a stack. */
    private static String text(Throwable failure) {
        return failure instanceof ItemReader.UnreadableItemException
                        || failure instanceof ItemTimeoutException
                        || failure instanceof SnoozeException
                        || failure instanceof UnrecoverableJobException
                        || failure instanceof UpstreamFaultException
                ? FailureText.message(failure)
                : FailureText.withStack(failure);
    }

    /** The item took longer than it may. */
    static final class ItemTimeoutException extends RuntimeException {

        ItemTimeoutException(Duration limit) {
            super("timed out after " + limit.toMillis() + " ms", null, false, false);
        }
    }
}
