package io.penstock.bench;

import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;

/** A real PostgreSQL on loopback for the time of the measurement. It waits for its disk at every commit, as a real one does. */
final class BenchPostgres implements AutoCloseable {

    /** Of the only account of a server that nobody else can reach. */
    private static final String USER = "postgres";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final EmbeddedPostgres server;

    BenchPostgres() {
        try {
            server = EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on")
                    .start();
        } catch (IOException e) {
            throw new BenchException("PostgreSQL could not be started: " + e);
        }
    }

    String user() {
        return USER;
    }

    String password() {
        return USER;
    }

    String url() {
        return "postgresql://127.0.0.1:" + server.getPort() + "/postgres";
    }

    /** The caller closes it, before this. */
    Pool pool(Vertx vertx, int connections) {
        return Pool.newInstance(PgBuilder.pool()
                .connectingTo(PgConnectOptions.fromUri(url()).setUser(user()).setPassword(password()))
                .with(new PoolOptions().setMaxSize(connections))
                .using(vertx)
                .build());
    }

    /** Answers with the only value of the only row. */
    static long number(Pool pool, String query) {
        return pool.query(query)
                .execute()
                .await()
                .atMost(PATIENCE)
                .iterator()
                .next()
                .getLong(0);
    }

    /** CPU time of the server's processes that live now. */
    static Duration cpu(Pool pool) {
        ProcessHandle server = ProcessHandle.of(number(pool, "SELECT pg_backend_pid()::bigint"))
                .flatMap(ProcessHandle::parent)
                .orElseThrow(() -> new BenchException("PostgreSQL's process is not to be seen"));
        return Stream.concat(Stream.of(server), server.children())
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            System.err.println("PostgreSQL did not stop in order: " + e);
        }
    }
}
