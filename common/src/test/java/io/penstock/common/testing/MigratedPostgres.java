package io.penstock.common.testing;

import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;

/** The shared PostgreSQL with all tables, for tests that need no bean container. */
public final class MigratedPostgres implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Vertx vertx = Vertx.vertx();
    private final Pool pool;

    public MigratedPostgres() {
        Flyway.configure()
                .dataSource("jdbc:postgresql://" + EmbeddedServers.postgresAddress(), "postgres", "postgres")
                .load()
                .migrate();
        pool = Pool.newInstance(PgBuilder.pool()
                .connectingTo(
                        PgConnectOptions.fromUri("postgresql://postgres:postgres@" + EmbeddedServers.postgresAddress()))
                .using(vertx)
                .build());
    }

    public Pool pool() {
        return pool;
    }

    public void run(String statement) {
        pool.query(statement).execute().await().atMost(LIMIT);
    }

    /** The rows of an answer, the values of each joined by spaces. */
    public List<String> rows(String query) {
        List<String> rows = new ArrayList<>();
        for (Row row : pool.query(query).execute().await().atMost(LIMIT)) {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                values.add(String.valueOf(row.getValue(i)));
            }
            rows.add(String.join(" ", values));
        }
        return rows;
    }

    @Override
    public void close() {
        pool.closeAndAwait();
        vertx.close();
    }
}
