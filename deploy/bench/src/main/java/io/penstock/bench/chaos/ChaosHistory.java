package io.penstock.bench.chaos;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.common.event.JobListener;
import io.penstock.common.history.HistoryPartitions;
import io.penstock.common.history.HistoryPolicy;
import io.penstock.common.history.JobHistoryStore;
import io.penstock.common.queue.redis.RedisRetainedEnds;
import io.penstock.common.queue.redis.RedisUnreportedEnds;
import io.penstock.worker.history.HistoryBackpressure;
import io.penstock.worker.history.HistoryBuffer;
import io.penstock.worker.history.HistoryMeters;
import io.penstock.worker.history.HistoryPolicies;
import io.penstock.worker.history.HistoryRecorder;
import io.penstock.worker.history.HistoryWriter;
import io.penstock.worker.history.MissingRowsWriter;
import io.penstock.worker.history.UnreportedEndsWriter;
import io.penstock.worker.maintain.PartitionDuty;
import io.penstock.worker.run.Backpressure;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/** The history of all jobs of a run, of every end, with the settings that a deployment has. */
final class ChaosHistory implements AutoCloseable {

    /** How long a row may wait in its worker while PostgreSQL answers. */
    static final Duration FLUSH = Duration.ofMillis(500);

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration STOP_GRACE = Duration.ofSeconds(10);
    private static final int CONNECTIONS = 2;
    private static final int BUFFER_ROWS = 10_000;
    private static final long BUFFER_SIZE = 32 * 1024 * 1024;
    private static final int BATCH = 500;
    private static final HistoryRecorder.Limits LIMITS = new HistoryRecorder.Limits(8_192, 8_192, 8_192);

    private final Pool pool;
    private final JobHistoryStore store;
    private final HistoryPolicies policies =
            new HistoryPolicies(Map.of(ChaosJob.QUEUE, new HistoryPolicies.Kept(HistoryPolicy.ALL, false)));
    private final HistoryBuffer buffer = new HistoryBuffer(BUFFER_ROWS, BUFFER_SIZE);
    private final HistoryMeters meters = new HistoryMeters(new SimpleMeterRegistry(), buffer);
    private final HistoryWriter writer;

    /** @param address host:port/database */
    ChaosHistory(Vertx vertx, String address) {
        pool = Pool.newInstance(PgBuilder.pool()
                .connectingTo(PgConnectOptions.fromUri("postgresql://" + address)
                        .setUser("postgres")
                        .setPassword("postgres"))
                .with(new PoolOptions().setMaxSize(CONNECTIONS))
                .using(vertx)
                .build());
        store = new JobHistoryStore(pool, new HistoryPartitions(pool), DEADLINE);
        writer = new HistoryWriter(vertx, buffer, store, meters, new HistoryWriter.Settings(BATCH, FLUSH, STOP_GRACE));
        writer.start();
    }

    JobListener recorder(String worker) {
        return new HistoryRecorder(buffer, policies, writer, LIMITS, () -> worker, InstantSource.system());
    }

    Backpressure gate() {
        return new HistoryBackpressure(buffer, policies);
    }

    /** What takes ends without a worker to the history. */
    PartitionDuty unreported(ChaosEngine engine) {
        return new UnreportedEndsWriter(
                new RedisUnreportedEnds(engine.routes(), engine.deadline()), store, policies, meters);
    }

    /** Writes the rows that their workers did not live to write. Does not wait for stragglers, as it would in a deployment. */
    void repair(ChaosEngine engine, int turns) {
        MissingRowsWriter missing = new MissingRowsWriter(
                new RedisRetainedEnds(engine.routes(), engine.deadline()),
                store,
                policies,
                meters,
                LIMITS,
                Duration.ofMillis(1),
                Duration.ZERO);
        for (int partition = 0; partition < engine.policy().partitions(); partition++) {
            for (int turn = 0; turn < turns; turn++) {
                missing.runOnce(engine.policy(), partition).await().atMost(DEADLINE.multipliedBy(2));
            }
        }
    }

    /** Writes what waits. */
    @Override
    public void close() {
        writer.stop();
        pool.closeAndForget();
    }
}
