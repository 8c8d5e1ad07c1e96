package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.local.ChildProcess.Command;
import io.penstock.local.LocalApi.Answer;
import io.penstock.local.Teardown.Stage;
import io.penstock.local.feed.Mischief;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything is lost: each process is killed, Redis and PostgreSQL lose their disks. PostgreSQL comes back from a base backup that was
 * taken under way, Redis comes back empty. What deploy/docs/deployment.md promises for that case must then hold. Run by {@code
 * deploy/restore/rehearse}, not by every build.
 */
@Timeout(600)
class RestoreRehearsal {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int STOCK = 500;
    private static final int HELD = 60;
    private static final int PAID = 20;
    private static final int AFTER_THE_BACKUP = 15;
    private static final Map<String, String> SETTINGS =
            Map.of("PENSTOCK_ORDERS_HOLD_TIME", "30s", "PENSTOCK_QUEUE__DIAGNOSTICS__HISTORY", "all");

    private static final String CONCERT =
            """
            {"name":"Night of the organs","venue":"St John","sessions":[{"startsAt":"2190-05-01T19:30:00Z","ticketTypes":
              [{"name":"Stalls","priceCents":4550,"currency":"EUR","quantity":%d}]}]}"""
                    .formatted(STOCK);

    private static final String EVERY_SECOND =
            """
            {"name": "Each second", "id": "each-second", "cronExpression": "* * * * * *", "jobType": "diagnostics.ping",
             "payload": {}, "overlapPolicy": "allow"}""";

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    @Test
    void whatTheBackupHoldsGoesOn() throws Exception {
        try (Teardown teardown = new Teardown()) {
            RunServices laid = RunServices.lay(
                    new Options(true, 1, null, Demo.ORDERS, Map.of("DATABASE_URL", "own", "REDIS_URL", "own")),
                    Installation.current(),
                    Mischief.Plan.none(),
                    teardown);
            int redisPort = laid.ports().next();
            int postgresPort = laid.ports().next();
            ChildProcess redis = redis(laid, redisPort, "before", teardown);
            EmbeddedPostgres postgres = postgres(directory.resolve("postgres"), postgresPort);
            RunServices services = on(laid, redisPort, postgresPort);
            Map<String, String> settings = new HashMap<>(Demo.ORDERS.settings());
            settings.putAll(SETTINGS);
            Deployment deployment = new Deployment(services, http, teardown, settings);
            int apiPort = services.ports().next();
            RunningDeployable api = deployment.startApi(apiPort);
            RunningDeployable worker = deployment.startWorker();
            RunningDeployable scheduler = deployment.startScheduler();
            List.of(api, worker, scheduler).forEach(RunningDeployable::awaitReady);
            LocalApi shop = new LocalApi(api.url(), services.secrets(), http);
            assertThat(shop.post("/api/tasks", EVERY_SECOND).status()).isEqualTo(201);
            long type = shop.post("/api/concerts", CONCERT)
                    .body()
                    .at("/sessions/0/ticketTypes/0/id")
                    .asLong();
            for (int order = 0; order < HELD; order++) {
                JsonNode held = hold(shop, type);
                if (order < PAID) {
                    assertThat(shop.post(
                                            "/api/orders/" + held.path("id").asText() + "/pay",
                                            "{\"payment\":\"p" + order + "\"}")
                                    .status())
                            .isEqualTo(200);
                }
            }

            Path backup = directory.resolve("backup");
            backUp(postgresPort, directory.resolve("postgres"), backup);
            JsonNode lost = hold(shop, type);
            for (int order = 1; order < AFTER_THE_BACKUP; order++) {
                hold(shop, type);
            }
            Stream.of(api, worker, scheduler).forEach(each -> each.process().kill());
            redis.kill();
            kill(directory.resolve("postgres"));
            postgres.close();

            EmbeddedPostgres restored = postgres(backup, postgresPort);
            try {
                redis(laid, redisPort, "after", teardown);
                String last = lastFired(postgresPort);
                Stream.of(api, worker, scheduler).forEach(RunningDeployable::startAgain);
                Stream.of(api, worker, scheduler).forEach(RunningDeployable::awaitReady);

                patiently().until(() -> count(shop, "expired") == HELD - PAID);
                assertThat(count(shop, "paid")).isEqualTo(PAID);
                assertThat(count(shop, "pending")).isZero();
                assertThat(shop.post("/api/orders/" + lost.path("id").asText() + "/pay", "{\"payment\":\"late\"}")
                                .status())
                        .as("held after the backup")
                        .isEqualTo(404);
                patiently().until(() -> available(shop, type) == STOCK - PAID);
                patiently().until(() -> lastFired(postgresPort).compareTo(last) > 0);
            } finally {
                Stream.of(api, worker, scheduler).forEach(each -> each.process().kill());
                restored.close();
            }
        }
    }

    private static ConditionFactory patiently() {
        return await().dontCatchUncaughtExceptions().atMost(PATIENCE);
    }

    private static JsonNode hold(LocalApi shop, long type) {
        Answer answer = shop.post(
                "/api/orders", "{\"email\":\"ada@example.org\",\"ticketTypeId\":%d,\"quantity\":1}".formatted(type));
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(201);
        return answer.body();
    }

    private static long count(LocalApi shop, String state) {
        return shop.get("/api/orders/counts").path("counts").path(state).asLong();
    }

    private static long available(LocalApi shop, long type) {
        String concert = shop.get("/api/concerts").at("/concerts/0/id").asText();
        JsonNode left = shop.get("/api/concerts/" + concert + "/availability").at("/sessions/0/ticketTypes/0");
        assertThat(left.path("id").asLong()).isEqualTo(type);
        return left.path("available").asLong();
    }

    private static RunServices on(RunServices laid, int redisPort, int postgresPort) {
        Map<String, String> environment = new HashMap<>(laid.servers().environment());
        environment.put("REDIS_URL", "redis://127.0.0.1:" + redisPort);
        environment.put("DATABASE_URL", "postgresql://127.0.0.1:" + postgresPort + "/postgres");
        environment.put("DATABASE_USER", "postgres");
        environment.put("DATABASE_PASSWORD", "postgres");
        return new RunServices(
                laid.installation(),
                laid.files(),
                laid.ports(),
                laid.secrets(),
                new LocalServers.Servers(environment, laid.servers().processes(), "", ""),
                laid.feed(),
                laid.mails());
    }

    private ChildProcess redis(RunServices laid, int port, String name, Teardown teardown) {
        Path program = new ServerPrograms(laid.installation().keep().resolve("programs")).redis();
        Path log = directory.resolve("redis-" + name + ".log");
        Path data = directory.resolve("redis-" + name);
        try {
            Files.createDirectories(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Command command = EmbeddedRedisServer.command(program, port, data);
        ChildProcess redis = teardown.own(Stage.REDIS, () -> ChildProcess.start(laid.installation(), log, command));
        redis.awaitReady(() -> says(log, "Ready to accept connections"), PATIENCE);
        return redis;
    }

    private static boolean says(Path log, String words) {
        try {
            return Files.readString(log).contains(words);
        } catch (IOException notYet) {
            return false;
        }
    }

    private static EmbeddedPostgres postgres(Path data, int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPGStartupWait(PATIENCE)
                .start();
    }

    /** A base backup as {@code pg_basebackup} takes it: while the server goes on, and with the log that was written meanwhile. */
    private static void backUp(int port, Path data, Path backup) throws SQLException, IOException {
        try (Connection database = database(port);
                Statement statement = database.createStatement()) {
            statement.execute("SELECT pg_backup_start('rehearsal', true)");
            copy(data, backup);
            try (ResultSet label = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
                label.next();
                Files.writeString(backup.resolve("backup_label"), label.getString(1));
            }
        }
        copy(data.resolve("pg_wal"), backup.resolve("pg_wal"));
        // PostgreSQL refuses a directory that others may read.
        Files.setPosixFilePermissions(backup, PosixFilePermissions.fromString("rwx------"));
        Files.deleteIfExists(backup.resolve("postmaster.pid"));
        Files.deleteIfExists(backup.resolve("postmaster.opts"));
        Files.deleteIfExists(backup.resolve("epg-lock"));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path source, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(source)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path source, BasicFileAttributes attributes) throws IOException {
                try {
                    Files.write(to.resolve(from.relativize(source)), Files.readAllBytes(source));
                } catch (NoSuchFileException goneMeanwhile) {
                    return FileVisitResult.CONTINUE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path source, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
    }

    private static void kill(Path data) throws IOException, InterruptedException {
        String postmaster =
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip();
        ProcessHandle server = ProcessHandle.of(Long.parseLong(postmaster)).orElseThrow();
        server.descendants().forEach(ProcessHandle::destroyForcibly);
        server.destroyForcibly();
        await().atMost(PATIENCE).until(() -> !server.isAlive());
    }

    private static String lastFired(int port) throws SQLException {
        try (Connection database = database(port);
                Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT coalesce(max(scheduled_for)::text, '') FROM task_execution_log WHERE task_id = 'each-second'")) {
            row.next();
            return row.getString(1);
        }
    }

    private static Connection database(int port) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", "postgres");
    }
}
