package io.penstock.bench.chaos;

import io.penstock.bench.batch.BatchEngine;
import io.penstock.common.batch.BatchJobs;
import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.batch.BatchHandler;
import io.penstock.worker.batch.ItemContext;
import io.penstock.worker.batch.TransactionalBatchHandler;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** What the batches of a run do: items without an effect, items whose effect is a row, and a job that is called when a batch has ended. */
final class BatchWork {

    static final BatchType<Long> PLAIN = BatchType.of("chaos.plain", Long.class);
    static final BatchType<Long> EFFECT = BatchType.of("chaos.effect", Long.class);

    /** Payload of the job that is called. */
    record Ended(UUID batch) {}

    static final JobType<Ended> CALLED = JobType.of("chaos.ended", Ended.class).queue(BatchJobs.RUN.queue());

    static final BatchEngine.Known KNOWN = new BatchEngine.Known(List.of(PLAIN, EFFECT), List.of(CALLED));

    /** Of so many items one fails. */
    static final int FAILS = 97;
    /** Of so many items one is skipped. */
    static final int SKIPPED = 89;

    /** Without a key that would hide a second effect. */
    static final List<String> TABLES = List.of(
            "CREATE TABLE chaos_effect (batch_id uuid NOT NULL, number bigint NOT NULL)",
            "CREATE TABLE chaos_called (batch_id uuid NOT NULL, job_id text NOT NULL)");

    private static final Duration ITEM_TAKES = Duration.ofMillis(20);
    private static final Duration CHUNK_TAKES = Duration.ofMillis(200);

    private BatchWork() {}

    private static ItemResult result(long number) {
        if (number % FAILS == 0) {
            return ItemResult.failed("number " + number + " fails");
        }
        return number % SKIPPED == 0 ? ItemResult.skipped("not wanted") : ItemResult.completed();
    }

    /** Takes its time. */
    record Plain() implements BatchHandler<Long> {

        @Override
        public BatchType<Long> type() {
            return PLAIN;
        }

        @Override
        public Uni<ItemResult> handle(Long number, ItemContext context) {
            return Uni.createFrom().item(result(number)).onItem().delayIt().by(ITEM_TAKES);
        }
    }

    /** Writes a row for each item that completes. */
    record Effect() implements TransactionalBatchHandler<Long> {

        @Override
        public BatchType<Long> type() {
            return EFFECT;
        }

        @Override
        public Uni<List<ItemResult>> handle(SqlConnection transaction, List<Long> numbers, ItemContext context) {
            List<ItemResult> results = numbers.stream().map(BatchWork::result).toList();
            Long[] done = numbers.stream()
                    .filter(number -> number % FAILS != 0 && number % SKIPPED != 0)
                    .toArray(Long[]::new);
            return transaction
                    .preparedQuery("INSERT INTO chaos_effect (batch_id, number) SELECT $1, unnest($2::bigint[])")
                    .execute(Tuple.of(context.batchId(), done))
                    .onItem()
                    .delayIt()
                    .by(CHUNK_TAKES)
                    .replaceWith(results);
        }
    }

    /** Notes that it was called. */
    record Called(Pool pool) implements JobHandler<Ended> {

        @Override
        public JobType<Ended> type() {
            return CALLED;
        }

        @Override
        public Uni<Outcome> handle(Ended ended, JobContext context) {
            return pool.preparedQuery("INSERT INTO chaos_called (batch_id, job_id) VALUES ($1, $2)")
                    .execute(Tuple.of(ended.batch(), context.jobId()))
                    .replaceWith(Outcome.completed());
        }
    }
}
