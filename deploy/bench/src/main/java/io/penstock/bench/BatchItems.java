package io.penstock.bench;

import io.penstock.bench.batch.BatchEngine;
import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchJobs;
import io.penstock.common.batch.BatchSpec;
import io.penstock.common.batch.BatchStatus;
import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.ItemResult;
import io.penstock.worker.batch.BatchHandler;
import io.penstock.worker.batch.ItemContext;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.flywaydb.core.Flyway;

/**
 * A batch whose items do nothing, in chunks of 50, against writing the same rows of items alone: with the same client, in the same process, as
 * many statements at once. What lies between is what a batch costs besides: chunks, counts, the jobs that run it. The memory of the process
 * is looked at after a batch of ten thousand, and during the measured one.
 */
final class BatchItems implements Measurement {

    private static final int CHUNK = 50;
    private static final int AT_ONCE = 5;
    private static final long FEW = 10_000;
    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final Duration KEEP = Duration.ofMinutes(1);
    private static final double MEBIBYTE = 1024.0 * 1024;

    private static final BatchType<Long> NOTHING = BatchType.of("bench.nothing", Long.class);

    private static final String CREATE = "CREATE TABLE bench_items (LIKE batch_operation_items INCLUDING ALL)";

    /** As results are recorded, without anything around it. */
    private static final String WRITE =
            """
            INSERT INTO bench_items (batch_id, item, chunk, status, round, started_at, finished_at, duration_ms)
            SELECT $1, r.item, $2, r.status, 0, r.started_at, r.finished_at, r.duration_ms
            FROM unnest($3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bigint[])
                AS r(item, status, started_at, finished_at, duration_ms)
            ON CONFLICT (batch_id, item) DO NOTHING
            """;

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
                engine.work("bench", List.of(new Nothing()), List.of(), List.of(), KEEP);
                engine.pool().query(CREATE).execute().await().atMost(PATIENCE);
                return measure(run, engine);
            } finally {
                run.redis().remove(BatchJobs.RUN.queue());
            }
        }
    }

    private static Figures measure(Run run, BatchEngine engine) {
        work(engine, run.warmUp());
        write(engine.pool(), run.warmUp());
        work(engine, FEW);
        double few = heap();
        Spent batch = spent(engine, () -> work(engine, run.jobs()));
        double many = heap();
        Spent bare = spent(engine, () -> write(engine.pool(), run.jobs()));
        return run.figures()
                .with(Field.JOBS_PER_SECOND, run.jobs() / batch.seconds())
                .with(Field.BARE_PER_SECOND, run.jobs() / bare.seconds())
                .with(Field.RATIO, bare.seconds() / batch.seconds())
                .with(Field.POSTGRES_MICROS, batch.postgresMicros() / run.jobs())
                .with(Field.CLIENT_MICROS, batch.clientMicros() / run.jobs())
                .with(Field.BARE_POSTGRES_MICROS, bare.postgresMicros() / run.jobs())
                .with(Field.BARE_CLIENT_MICROS, bare.clientMicros() / run.jobs())
                .with(
                        Field.CPU_RATIO,
                        (bare.postgresMicros() + bare.clientMicros()) / (batch.postgresMicros() + batch.clientMicros()))
                .with(Field.HEAP_FIRST, few)
                .with(Field.HEAP_LAST, many);
    }

    private record Spent(double seconds, double postgresMicros, double clientMicros) {}

    private static Spent spent(BatchEngine engine, Runnable what) {
        Duration postgres = BenchPostgres.cpu(engine.pool());
        long client = Effort.cpuNanosOfThisProcess();
        long begin = System.nanoTime();
        what.run();
        double seconds = (System.nanoTime() - begin) / 1e9;
        double clientMicros = (Effort.cpuNanosOfThisProcess() - client) / 1e3;
        return new Spent(
                seconds, BenchPostgres.cpu(engine.pool()).minus(postgres).toNanos() / 1e3, clientMicros);
    }

    private static void work(BatchEngine engine, long items) {
        Batch made = engine.parts()
                .batches()
                .create(BatchSpec.of(NOTHING)
                        .withRange(1, items)
                        .withFixedChunks(CHUNK)
                        .withConcurrency(AT_ONCE))
                .await()
                .atMost(PATIENCE);
        Batch[] latest = {made};
        boolean ended = Pause.until(
                () -> {
                    latest[0] = find(engine, made.id());
                    return latest[0].status().isEnd();
                },
                BETWEEN_LOOKS,
                PATIENCE);
        if (!ended
                || latest[0].status() != BatchStatus.COMPLETED
                || latest[0].counts().completed() != items) {
            throw new BenchException("the batch is " + latest[0].status().wire() + " with "
                    + latest[0].counts().completed() + " of " + items + " items");
        }
    }

    private static Batch find(BatchEngine engine, UUID id) {
        return engine.parts().store().find(id).await().atMost(PATIENCE).orElseThrow();
    }

    private static void write(Pool pool, long items) {
        UUID batch = UUID.randomUUID();
        Multi.createFrom()
                .items(LongStream.rangeClosed(0, (items - 1) / CHUNK).boxed())
                .onItem()
                .transformToUni(chunk -> pool.preparedQuery(WRITE).execute(rows(batch, chunk, items)))
                .merge(AT_ONCE)
                .collect()
                .last()
                .await()
                .atMost(PATIENCE);
    }

    private static Tuple rows(UUID batch, long chunk, long items) {
        int size = (int) Math.min(CHUNK, items - chunk * CHUNK);
        Long[] numbers = new Long[size];
        String[] statuses = new String[size];
        OffsetDateTime[] times = new OffsetDateTime[size];
        Long[] durations = new Long[size];
        Arrays.setAll(numbers, i -> chunk * CHUNK + i);
        Arrays.fill(statuses, "completed");
        Arrays.fill(times, OffsetDateTime.now(ZoneOffset.UTC));
        Arrays.fill(durations, 0L);
        return Tuple.from(new Object[] {batch, chunk, numbers, statuses, times, times, durations});
    }

    /** In use after a collection: what is resident says with how much heap the process was started. */
    private static double heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / MEBIBYTE;
    }
}
