package io.penstock.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Three scheduler processes on one Redis and one PostgreSQL, killed, stopped and continued at random. Every instant of
 * every schedule must be fired once. Needs the packaged process and a minute or two, so it runs on demand:
 * {@code ./mvnw verify -pl scheduler -am -Dpenstock.under-fire=60 -Dtest=ReplicasUnderFireTest} after a build.
 */
@EnabledIfSystemProperty(named = "penstock.under-fire", matches = "\\d+")
class ReplicasUnderFireTest {

    private static final Logger LOG = Logger.getLogger(ReplicasUnderFireTest.class);
    private static final int REPLICAS = 3;
    private static final int SCHEDULES = Integer.getInteger("penstock.under-fire.schedules", 100);
    private static final Duration START = Duration.ofSeconds(120);

    private final Random random = new Random(7);
    private final List<Replica> replicas = new ArrayList<>();

    private record Replica(Process process, int port) {

        boolean isUp() {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", port), 200);
                return true;
            } catch (IOException e) {
                return false;
            }
        }
    }

    @Test
    void everyInstantIsFiredOnce() throws Exception {
        new RedisFixture().close();
        try (Connection database = DriverManager.getConnection(
                "jdbc:postgresql://" + EmbeddedServers.postgresAddress(), "postgres", "postgres")) {
            for (int i = 0; i < REPLICAS; i++) {
                replicas.add(start(i));
                await().atMost(START).until(replicas.get(i)::isUp);
            }
            run(
                    database,
                    "INSERT INTO scheduled_task (id, name, description, cron_expression, time_zone, job_type, payload,"
                            + " misfire_policy, overlap_policy, created_at, updated_at)"
                            + " SELECT 'task-' || n, 'n', '', '* * * * * *', 'UTC', 'offers.conversion_merge', '{}',"
                            + " 'fire_once', 'allow', clock_timestamp(), clock_timestamp()"
                            + " FROM generate_series(1, " + SCHEDULES + ") AS n");
            await().atMost(START)
                    .until(() -> number(database, "SELECT count(*) FROM task_execution_log") > 3L * SCHEDULES);
            Instant begin =
                    Instant.ofEpochSecond(number(database, "SELECT extract(epoch FROM clock_timestamp())::bigint"));
            underFire(Duration.ofSeconds(Integer.getInteger("penstock.under-fire")));
            long end = number(database, "SELECT extract(epoch FROM clock_timestamp())::bigint");
            await().atMost(START)
                    .until(() -> number(
                                    database,
                                    "SELECT extract(epoch FROM min(next_run))::bigint FROM scheduled_task"
                                            + " WHERE id LIKE 'task-%'")
                            > end);
            run(database, "UPDATE scheduled_task SET is_active = false");
            await().atMost(START)
                    .until(() -> number(
                                    database,
                                    "SELECT count(*) FROM task_execution_log WHERE step IN ('claimed', 'held')")
                            == 0);

            String within =
                    " FROM task_execution_log WHERE task_id LIKE 'task-%' AND extract(epoch FROM scheduled_for) > "
                            + begin.getEpochSecond() + " AND extract(epoch FROM scheduled_for) < " + end;
            long instants = (end - begin.getEpochSecond() - 1) * SCHEDULES;
            LOG.infof(
                    "%d instants; lateness p50 %d ms, p99 %d ms, most %d ms",
                    instants,
                    number(database, "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY lateness_ms)" + within),
                    number(database, "SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY lateness_ms)" + within),
                    number(database, "SELECT max(lateness_ms)" + within));
            assertThat(number(database, "SELECT count(*)" + within + " AND job_id IS NOT NULL"))
                    .isEqualTo(instants);
            assertThat(number(database, "SELECT count(DISTINCT (task_id, scheduled_for))" + within))
                    .isEqualTo(instants);
            assertThat(number(database, "SELECT count(*)" + within + " AND trigger <> 'cron'"))
                    .isZero();
            // The limited line has the jobs of offers-high; all others share one stream, and nobody takes them.
            assertThat(jobs())
                    .isEqualTo(
                            number(
                                    database,
                                    "SELECT count(*) FROM task_execution_log WHERE job_id IS NOT NULL AND task_id <> 'offers-high'"));
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (Replica replica : replicas) {
            replica.process().destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    private void underFire(Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            int victim = random.nextInt(REPLICAS);
            Process replica = replicas.get(victim).process();
            if (random.nextBoolean()) {
                replica.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
                replicas.set(victim, start(victim));
                // Two remain: an outage of all is another test.
                await().atMost(START).until(replicas.get(victim)::isUp);
            } else {
                signal(replica, "STOP");
                pause(500 + random.nextInt(9_000));
                signal(replica, "CONT");
                pause(random.nextInt(3_000));
            }
        }
    }

    private static void pause(int ms) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(ms);
    }

    private static void signal(Process process, String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    private static Replica start(int replica) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "-jar",
                Path.of("target", "quarkus-app", "quarkus-run.jar").toString());
        builder.environment().put("REDIS_URL", EmbeddedServers.redisUrl());
        builder.environment().put("DATABASE_URL", "postgresql://" + EmbeddedServers.postgresAddress());
        builder.environment().put("DATABASE_USER", "postgres");
        builder.environment().put("DATABASE_PASSWORD", "postgres");
        int port = EmbeddedServers.freePort();
        builder.environment().put("QUARKUS_HTTP_PORT", Integer.toString(port));
        File log = new File("target", "replica-" + replica + ".log");
        Files.createDirectories(log.getParentFile().toPath());
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        return new Replica(process, port);
    }

    private static long jobs() {
        try (RedisFixture redis = new RedisFixture(EmbeddedServers.redisUrl())) {
            return redis.run("XLEN", "queue:{high-priority:0}:ready:0").toLong();
        }
    }

    private static void run(Connection database, String statement) throws SQLException {
        try (Statement sql = database.createStatement()) {
            sql.execute(statement);
        }
    }

    private static long number(Connection database, String query) throws SQLException {
        try (Statement sql = database.createStatement();
                ResultSet result = sql.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }
}
