package io.penstock.scheduler;

import io.penstock.common.testing.EmbeddedServers;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A PostgreSQL that can fall and come back on the same port with the same data, and keeps what it has committed. */
final class CrashablePostgres implements AutoCloseable {

    private final int port = EmbeddedServers.freePort();
    private final Path data;
    private EmbeddedPostgres server;

    CrashablePostgres() throws IOException {
        data = Files.createTempDirectory("penstock-postgres");
        server = start();
    }

    /** host:port/database. */
    String address() {
        return "127.0.0.1:" + port + "/postgres";
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + address(), "postgres", "postgres");
    }

    /** As a crash of the server: connections break, nothing is written any more, the next start recovers. */
    void crash() throws IOException, InterruptedException {
        long postmaster = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
        new ProcessBuilder("kill", "-QUIT", Long.toString(postmaster)).start().waitFor();
        ProcessHandle.of(postmaster).ifPresent(process -> process.onExit().join());
        server.close();
    }

    void comeBack() throws IOException {
        server = start();
    }

    long number(String query) throws SQLException {
        try (Connection connection = connect();
                Statement sql = connection.createStatement();
                ResultSet result = sql.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }

    void run(String statement) throws SQLException {
        try (Connection connection = connect();
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private EmbeddedPostgres start() throws IOException {
        return EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setServerConfig("timezone", "UTC")
                .setServerConfig("unix_socket_directories", "")
                .setServerConfig("max_connections", "200")
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
    }
}
