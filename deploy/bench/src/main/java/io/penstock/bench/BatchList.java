package io.penstock.bench;

import io.penstock.bench.batch.BatchEngine;
import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchJobs;
import io.penstock.common.batch.BatchSpec;
import io.penstock.common.batch.BatchStatus;
import io.penstock.common.batch.BatchStore;
import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.ItemResult;
import io.penstock.worker.batch.BatchHandler;
import io.penstock.worker.batch.ItemContext;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.flywaydb.core.Flyway;

/**
 * A thousand batches at once, and as many finished ones as asked for: what it takes to list 200 of all, of those that run, and of the
 * finished ones, again and again until the thousand have ended, which is measured as well.
 */
final class BatchList implements Measurement {

    private static final int AT_ONCE = 1_000;
    private static final int ITEMS = 100;
    private static final int PAGE = 200;
    private static final int MADE_AT_ONCE = 8;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration KEEP = Duration.ofMinutes(1);

    private static final BatchType<Long> NOTHING = BatchType.of("bench.nothing", Long.class);

    private static final String FINISHED =
            """
            INSERT INTO batch_operations (id, type, status, sealed, total, completed, chunk_size, adaptive, concurrency, priority,
                conflict, created_by, created_by_name, finished_at)
            SELECT ('0190' || lpad(to_hex(n), 8, '0') || '70008000000000000000')::uuid, 'bench.nothing', 'completed', true, 100, 100,
                50, true, 5, 0, 'skip', 'bench', 'bench', now()
            FROM generate_series(1, $1::bigint) AS n""";

    private record Nothing() implements BatchHandler<Long> {

        @Override
        public BatchType<Long> type() {
            return NOTHING;
        }

        @Override
        public Uni<ItemResult> handle(Long item, ItemContext context) {
            return Uni.createFrom().item(ItemResult.completed());
        }
    }

    @Override
    public Figures measure(Run run) {
        try (BenchPostgres postgres = new BenchPostgres()) {
            Flyway.configure()
                    .dataSource("jdbc:" + postgres.url(), postgres.user(), postgres.password())
                    .load()
                    .migrate();
            try (BatchEngine engine = new BatchEngine(
                    new RedisOptions().setConnectionString(run.redisUrl()),
                    postgres.url().substring("postgresql://".length()),
                    new BatchEngine.Known(List.of(NOTHING), List.of()))) {
                run.toStop(engine::close);
                engine.pool()
                        .preparedQuery(FINISHED)
                        .execute(Tuple.of(run.jobs()))
                        .await()
                        .atMost(PATIENCE);
                engine.pool().query("ANALYZE").execute().await().atMost(PATIENCE);
                engine.work("bench", List.of(new Nothing()), List.of(), List.of(), KEEP);
                return measure(run, engine);
            } finally {
                run.redis().remove(BatchJobs.RUN.queue());
            }
        }
    }

    private static Figures measure(Run run, BatchEngine engine) {
        long begun = System.nanoTime();
        List<Batch> made = Multi.createFrom()
                .items(LongStream.range(0, AT_ONCE).boxed())
                .onItem()
                .transformToUni(number -> engine.parts()
                        .batches()
                        .create(BatchSpec.of(NOTHING)
                                .withRange(1, ITEMS)
                                .withFixedChunks(ITEMS / 2)
                                .withConcurrency(1)))
                .merge(MADE_AT_ONCE)
                .collect()
                .asList()
                .await()
                .atMost(PATIENCE);
        Latencies latencies = new Latencies();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!allEnded(engine, made)) {
            if (System.nanoTime() - end > 0) {
                throw new BenchException("some of the " + AT_ONCE + " batches have not ended");
            }
            look(engine.parts().store(), latencies);
        }
        look(engine.parts().store(), latencies);
        double seconds = (System.nanoTime() - begun) / 1e9;
        return run.figures()
                .with(Field.SECONDS, seconds)
                .with(Field.P50, latencies.millisAt(50))
                .with(Field.P99, latencies.millisAt(99))
                .with(Field.MOST, latencies.millisAt(100));
    }

    private static void look(BatchStore store, Latencies latencies) {
        for (BatchStatus status : new BatchStatus[] {null, BatchStatus.RUNNING, BatchStatus.COMPLETED}) {
            long asked = System.nanoTime();
            store.list(null, status, null, null, null, PAGE).await().atMost(PATIENCE);
            latencies.add(System.nanoTime() - asked);
        }
    }

    private static boolean allEnded(BatchEngine engine, List<Batch> made) {
        for (Batch batch : made) {
            Batch now = engine.parts()
                    .store()
                    .find(batch.id())
                    .await()
                    .atMost(PATIENCE)
                    .orElseThrow();
            if (!now.status().isEnd()) {
                return false;
            }
        }
        return true;
    }
}
