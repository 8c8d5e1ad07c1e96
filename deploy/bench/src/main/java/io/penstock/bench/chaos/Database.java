package io.penstock.bench.chaos;

import io.penstock.bench.FreePort;
import io.penstock.bench.Pause;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The PostgreSQL of a run, where jobs leave their rows. It crashes once. */
final class Database implements Fault, AutoCloseable {

    private static final Duration AWAY = Duration.ofMillis(500);
    private static final Duration TO_END = Duration.ofSeconds(20);

    private final int port = FreePort.next();
    private final Path data;
    private EmbeddedPostgres server;

    Database() {
        try {
            data = Files.createTempDirectory("penstock-chaos-postgres");
            server = start();
            try (Connection connection = connect();
                    Statement sql = connection.createStatement()) {
                sql.execute(WorkTable.CREATE);
            }
        } catch (IOException | SQLException e) {
            throw new ChaosException("PostgreSQL could not be started: " + e.getMessage(), e);
        }
    }

    private EmbeddedPostgres start() throws IOException {
        // A crash of the server, not of the machine: what it wrote stays without waiting for the disk.
        return EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setServerConfig("fsync", "off")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", "100")
                .start();
    }

    /** host:port/database. */
    String address() {
        return "127.0.0.1:" + port + "/postgres";
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + address(), "postgres", "postgres");
    }

    /** Tags of the jobs whose work is there. */
    Set<String> tags() {
        Set<String> tags = new HashSet<>();
        try (Connection connection = connect();
                Statement sql = connection.createStatement();
                ResultSet rows = sql.executeQuery(WorkTable.TAGS)) {
            while (rows.next()) {
                tags.add(rows.getString(1));
            }
            return tags;
        } catch (SQLException e) {
            throw new ChaosException("PostgreSQL cannot be asked: " + e.getMessage(), e);
        }
    }

    @Override
    public String kind() {
        return "restart PostgreSQL";
    }

    @Override
    public Duration pause() {
        return Duration.ZERO;
    }

    @Override
    public boolean isOnce() {
        return true;
    }

    @Override
    public void strike(FaultLog log) throws Exception {
        long from = System.currentTimeMillis();
        long postmaster = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
        new ProcessBuilder("kill", "-QUIT", Long.toString(postmaster)).start().waitFor();
        ProcessHandle.of(postmaster).ifPresent(process -> process.onExit()
                .orTimeout(TO_END.toMillis(), TimeUnit.MILLISECONDS)
                .join());
        server.close();
        // Being away for a moment is part of the fault.
        Pause.of(AWAY);
        server = start();
        log.outage(kind(), from, System.currentTimeMillis());
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            System.err.println("PostgreSQL did not stop in order: " + e.getMessage());
        }
        RedisProcess.remove(data);
    }
}
