package io.penstock.bench;

import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What an everyday handler does: it writes one row, in a transaction of its own, through the reactive pool. The rows are
 * written again and again in turns, so that those under way at one time never wait for one another. A connection stays
 * with the event loop that first asked for it: each event loop that is to be measured needs an object of its own.
 */
final class Upserts implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ROWS = 10_000;
    private static final String CREATE =
            """
            CREATE TABLE IF NOT EXISTS bench_rows (
                id bigint PRIMARY KEY,
                text text NOT NULL,
                written bigint NOT NULL,
                updated_at timestamptz NOT NULL
            )
            """;
    private static final String UPSERT =
            """
            INSERT INTO bench_rows (id, text, written, updated_at) VALUES ($1, $2, 1, now())
            ON CONFLICT (id) DO UPDATE
                SET text = excluded.text, written = bench_rows.written + 1, updated_at = excluded.updated_at
            """;
    private static final String COUNT = "SELECT coalesce(sum(written), 0)::bigint FROM bench_rows";

    private final Pool pool;
    private final AtomicLong turn = new AtomicLong();

    /** With as many connections as a deployment has that nobody configured; none is made before it is needed. */
    Upserts(BenchPostgres server, Vertx vertx) {
        create(server, vertx);
        int connections = new SmallRyeConfigBuilder()
                .addDefaultSources()
                .build()
                .getValue("quarkus.datasource.reactive.max-size", Integer.class);
        pool = server.pool(vertx, connections);
    }

    private static void create(BenchPostgres server, Vertx vertx) {
        Pool aside = server.pool(vertx, 1);
        try {
            aside.query(CREATE).execute().await().atMost(PATIENCE);
        } finally {
            aside.close().await().atMost(PATIENCE);
        }
    }

    Uni<Void> upsert(Payload payload) {
        return pool.preparedQuery(UPSERT)
                .execute(Tuple.of(turn.getAndIncrement() % ROWS, payload.text()))
                .replaceWithVoid();
    }

    /** A void measurement is found here: as many upserts as jobs. */
    void requireWritten(long upserts) {
        long written = BenchPostgres.number(pool, COUNT);
        if (written != upserts) {
            throw new BenchException(written + " upserts were made for " + upserts + " jobs");
        }
    }

    @Override
    public void close() {
        pool.close().await().atMost(PATIENCE);
    }
}
