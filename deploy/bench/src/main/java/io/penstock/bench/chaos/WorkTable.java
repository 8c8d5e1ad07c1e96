package io.penstock.bench.chaos;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;

/** What the jobs of a run do: one row per job, counted up each time the job runs. */
final class WorkTable implements AutoCloseable {

    static final String CREATE = "CREATE TABLE chaos_work (tag text PRIMARY KEY, runs integer NOT NULL)";
    static final String TAGS = "SELECT tag FROM chaos_work";
    static final String URL_VARIABLE = "PENSTOCK_CHAOS_DATABASE";

    private static final String NOTE = "INSERT INTO chaos_work AS work (tag, runs) VALUES ($1, 1)"
            + " ON CONFLICT (tag) DO UPDATE SET runs = work.runs + 1";
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final Pool pool;

    /** @param address host:port/database */
    WorkTable(Vertx vertx, String address) {
        pool = Pool.newInstance(PgBuilder.pool()
                .connectingTo(PgConnectOptions.fromUri("postgresql://" + address)
                        .setUser("postgres")
                        .setPassword("postgres"))
                .with(new PoolOptions().setMaxSize(4))
                .using(vertx)
                .build());
    }

    /** Fails while PostgreSQL is away. */
    Uni<Void> note(String tag) {
        return pool.preparedQuery(NOTE)
                .execute(Tuple.of(tag))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .replaceWithVoid();
    }

    @Override
    public void close() {
        pool.closeAndForget();
    }
}
