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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;

/**
 * The PostgreSQL of a run, where jobs leave their rows and their history. It crashes once, all its processes are killed once,
 * and they are stopped once for longer than any call waits.
 */
final class Database implements AutoCloseable {

    private static final Duration AWAY = Duration.ofMillis(500);
    /** Longer than a handler waits for its row. */
    private static final Duration STANDS_STILL = Duration.ofSeconds(3);

    private static final Duration TO_END = Duration.ofSeconds(20);

    private final int port = FreePort.next();
    private final Path data;
    private EmbeddedPostgres server;

    Database() {
        this(List.of(WorkTable.CREATE));
    }

    /** @param tables that are created in it besides those of the platform */
    Database(List<String> tables) {
        try {
            data = Files.createTempDirectory("penstock-chaos-postgres");
            server = start();
            Flyway.configure()
                    .dataSource("jdbc:postgresql://" + address(), "postgres", "postgres")
                    .load()
                    .migrate();
            try (Connection connection = connect();
                    Statement sql = connection.createStatement()) {
                for (String table : tables) {
                    sql.execute(table);
                }
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

    /** Job ids whose end has a row, with the states of these rows. */
    Map<String, List<String>> historyOfEnds() {
        Map<String, List<String>> states = new HashMap<>();
        try (Connection connection = connect();
                Statement sql = connection.createStatement();
                ResultSet rows = sql.executeQuery("SELECT job_id, state FROM job_history WHERE state <> 'failed'")) {
            while (rows.next()) {
                states.computeIfAbsent(rows.getString(1), id -> new ArrayList<>())
                        .add(rows.getString(2).toUpperCase(Locale.ROOT));
            }
            return states;
        } catch (SQLException e) {
            throw new ChaosException("PostgreSQL cannot be asked: " + e.getMessage(), e);
        }
    }

    List<Fault> faults() {
        return List.of(
                new Outage("restart PostgreSQL", () -> endWith("QUIT")),
                new Outage("kill -9 PostgreSQL", () -> endWith("KILL")),
                new Outage("PostgreSQL stands still", this::standStill));
    }

    /** All its processes, else some would hold the shared memory of those that are gone. */
    private void signal(String signal, boolean postmasterAlone) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("kill", "-" + signal));
        ProcessHandle postmaster = postmaster();
        Stream.concat(Stream.of(postmaster), postmasterAlone ? Stream.empty() : postmaster.descendants())
                .forEach(process -> words.add(Long.toString(process.pid())));
        // One that has ended by itself meanwhile is no matter.
        new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private ProcessHandle postmaster() throws IOException {
        long pid = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
        return ProcessHandle.of(pid).orElseThrow(() -> new ChaosException("PostgreSQL is not there"));
    }

    private void endWith(String signal) throws Exception {
        ProcessHandle postmaster = postmaster();
        List<ProcessHandle> all =
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
        signal(signal, signal.equals("QUIT"));
        for (ProcessHandle process : all) {
            process.onExit().orTimeout(TO_END.toMillis(), TimeUnit.MILLISECONDS).join();
        }
        server.close();
        // Being away for a moment is part of the fault.
        Pause.of(AWAY);
        server = start();
    }

    /** Crashes, and comes back. */
    synchronized void restart() {
        try {
            endWith("QUIT");
        } catch (Exception e) {
            throw new ChaosException("PostgreSQL could not be restarted: " + e.getMessage(), e);
        }
    }

    private void standStill() throws Exception {
        signal("STOP", false);
        // How long it stands still is part of the fault.
        Pause.of(STANDS_STILL);
        signal("CONT", false);
    }

    /** What is done to it. */
    private interface Harm {
        void now() throws Exception;
    }

    /** It is away, and comes back. One at a time. */
    private final class Outage implements Fault {

        private final String kind;
        private final Harm harm;

        Outage(String kind, Harm harm) {
            this.kind = kind;
            this.harm = harm;
        }

        @Override
        public String kind() {
            return kind;
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
            synchronized (Database.this) {
                long from = System.currentTimeMillis();
                harm.now();
                log.outage(kind, from, System.currentTimeMillis());
            }
        }
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
