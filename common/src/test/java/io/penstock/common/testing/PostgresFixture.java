package io.penstock.common.testing;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.flywaydb.core.Flyway;

/** A database of its own, with all migrations, for tests that need no bean container. Dropped at the end. */
public final class PostgresFixture implements AutoCloseable {

    private static final String USER = "postgres";
    private static final String MODEL = "migrated";
    private static final int CONNECTIONS = 4;

    private final Vertx vertx = Vertx.vertx();
    private final String server;
    private final String database = "test_" + UUID.randomUUID().toString().replace('-', '_');
    private final Pool pool;

    public PostgresFixture() {
        this(EmbeddedServers.postgresAddress());
    }

    /** @param address host:port/database of a server whose user is {@code postgres} */
    public PostgresFixture(String address) {
        server = address.substring(0, address.indexOf('/'));
        createDatabase();
        pool = newPool(CONNECTIONS);
    }

    /** Migrations take seconds, a copy of a migrated database a tenth of one: the first of a server is kept as a model for all others. */
    private void createDatabase() {
        synchronized (PostgresFixture.class) {
            if (!hasModel()) {
                administer("CREATE DATABASE " + database);
                Flyway.configure()
                        .dataSource("jdbc:postgresql://" + server + "/" + database, USER, USER)
                        .load()
                        .migrate();
                // Renamed when it is whole.
                administer("ALTER DATABASE " + database + " RENAME TO " + MODEL);
            }
            administer("CREATE DATABASE " + database + " TEMPLATE " + MODEL);
        }
    }

    private boolean hasModel() {
        try (Connection connection = administrator();
                PreparedStatement query = connection.prepareStatement("SELECT 1 FROM pg_database WHERE datname = ?")) {
            query.setString(1, MODEL);
            return query.executeQuery().next();
        } catch (SQLException e) {
            throw new IllegalStateException("The databases of " + server + " cannot be listed", e);
        }
    }

    /** Another pool on the same database; whoever asks for it closes it. */
    public Pool newPool(int connections) {
        return Pool.newInstance(PgBuilder.pool()
                .connectingTo(PgConnectOptions.fromUri("postgresql://" + server + "/" + database)
                        .setUser(USER)
                        .setPassword(USER))
                .with(new PoolOptions().setMaxSize(connections))
                .using(vertx)
                .build());
    }

    public Vertx vertx() {
        return vertx;
    }

    public Pool pool() {
        return pool;
    }

    /** Runs one statement and waits for its rows. */
    public List<Row> sql(String statement, Object... parameters) {
        List<Row> rows = new ArrayList<>();
        await(pool.preparedQuery(statement).execute(Tuple.from(Arrays.asList(parameters))))
                .forEach(rows::add);
        return rows;
    }

    /** The one number that a statement answers with. */
    public long count(String statement, Object... parameters) {
        return sql(statement, parameters).get(0).getLong(0);
    }

    public static <T> T await(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(60));
    }

    @Override
    public void close() {
        pool.close().await().atMost(Duration.ofSeconds(10));
        vertx.close();
        administer("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
    }

    private void administer(String statement) {
        try (Connection connection = administrator();
                Statement command = connection.createStatement()) {
            command.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(statement + " failed", e);
        }
    }

    private Connection administrator() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + server + "/postgres", USER, USER);
    }
}
