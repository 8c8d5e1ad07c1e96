package io.penstock.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.common.event.JobListener;
import io.penstock.common.history.HistoryPartitions;
import io.penstock.common.history.HistoryPolicy;
import io.penstock.common.history.JobHistoryStore;
import io.penstock.worker.history.HistoryBackpressure;
import io.penstock.worker.history.HistoryBuffer;
import io.penstock.worker.history.HistoryMeters;
import io.penstock.worker.history.HistoryPolicies;
import io.penstock.worker.history.HistoryRecorder;
import io.penstock.worker.history.HistoryWriter;
import io.penstock.worker.run.Backpressure;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.flywaydb.core.Flyway;

/**
 * The history of all jobs, with the settings that a deployment has, on a {@link BenchPostgres}.
 */
final class HistoryOnPostgres implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CONNECTIONS = 4;
    private static final int BUFFER_ROWS = 10_000;
    private static final long BUFFER_SIZE = 32 * 1024 * 1024;
    private static final HistoryWriter.Settings SETTINGS =
            new HistoryWriter.Settings(500, Duration.ofMillis(500), PATIENCE);
    private static final HistoryRecorder.Limits LIMITS = new HistoryRecorder.Limits(8_192, 8_192, 8_192);

    private final Vertx vertx = Vertx.vertx();
    private final BenchPostgres server = new BenchPostgres();
    private final Pool pool;
    private final HistoryBuffer buffer = new HistoryBuffer(BUFFER_ROWS, BUFFER_SIZE);
    private final HistoryWriter writer;
    private final HistoryPolicies policies =
            new HistoryPolicies(Map.of(Engine.QUEUE, new HistoryPolicies.Kept(HistoryPolicy.ALL, false)));

    HistoryOnPostgres() {
        Flyway.configure()
                .dataSource("jdbc:" + server.url(), server.user(), server.password())
                .load()
                .migrate();
        pool = server.pool(vertx, CONNECTIONS);
        JobHistoryStore store = new JobHistoryStore(pool, new HistoryPartitions(pool), Duration.ofSeconds(10));
        writer =
                new HistoryWriter(vertx, buffer, store, new HistoryMeters(new SimpleMeterRegistry(), buffer), SETTINGS);
        writer.start();
    }

    JobListener listener() {
        return new HistoryRecorder(buffer, policies, writer, LIMITS, () -> "bench", InstantSource.system());
    }

    Backpressure backpressure() {
        return new HistoryBackpressure(buffer, policies);
    }

    /** Waits until every row is written. */
    void awaitWritten() {
        try {
            writer.whenEmpty().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        } catch (ExecutionException | TimeoutException e) {
            throw new BenchException(buffer.size() + " rows of the history are still not written");
        }
    }

    /** A void measurement is found here: as many rows as jobs. */
    void requireRows(long jobs) {
        long rows = BenchPostgres.number(pool, "SELECT count(*) FROM job_history");
        if (rows != jobs) {
            throw new BenchException("the history has " + rows + " rows of " + jobs + " jobs");
        }
    }

    @Override
    public void close() {
        writer.stop();
        pool.close().await().atMost(PATIENCE);
        vertx.close();
        server.close();
    }
}
