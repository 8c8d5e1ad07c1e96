package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.local.Teardown.Stage;
import io.penstock.local.feed.Mischief;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every process is replaced by one of a newer version, one after the other, while callers go on. Nobody is refused, no job is lost
 * or run twice, and a schedule fires each second once.
 *
 * <p>The variable {@code PENSTOCK_UPGRADE_FROM} names a built copy of the version that runs before; {@code
 * deploy/upgrade/rehearse <tag or commit>} makes one. Without it this version takes its own place.
 */
@Timeout(300)
class UpgradeRehearsal {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int CALLS_PER_SECOND = 40;
    private static final int ACCEPTED_BETWEEN_STEPS = 60;
    /** Not ready for so long before a process stops: what a load balancer needs to notice. */
    private static final Map<String, String> SETTINGS =
            Map.of("PENSTOCK_SHUTDOWN_DELAY", "2s", "PENSTOCK_QUEUE__DIAGNOSTICS__HISTORY", "all");

    private static final String EVERY_SECOND =
            """
            {"name": "Each second", "id": "each-second", "cronExpression": "* * * * * *", "jobType": "diagnostics.ping",
             "payload": {}, "overlapPolicy": "allow"}""";

    private static final String RUNS =
            """
            SELECT count(*) AS ends, count(DISTINCT job_id) AS jobs FROM job_history
            WHERE type = 'diagnostics.ping' AND state = 'completed' AND job_id = ANY (?)
            """;

    private static final String FIRED =
            """
            SELECT count(*) AS fired, count(DISTINCT scheduled_for) AS instants,
                extract(epoch FROM max(scheduled_for) - min(scheduled_for))::int + 1 AS seconds
            FROM task_execution_log WHERE task_id = 'each-second'
            """;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void everyProcessIsReplacedWhileCallersGoOn() throws Exception {
        try (Teardown teardown = new Teardown()) {
            RunServices services = RunServices.lay(
                    new Options(true, 1, null, Map.of()), Installation.current(), Mischief.Plan.none(), teardown);
            Deployment before = new Deployment(of(before(), services, teardown), http, teardown, SETTINGS);
            RunningDeployable oldApi = before.startApi(services.ports().next());
            RunningDeployable oldWorker = before.startWorker();
            RunningDeployable oldScheduler = before.startScheduler();
            List.of(oldApi, oldWorker, oldScheduler).forEach(RunningDeployable::awaitReady);
            HttpResponse<String> task = post(oldApi.url(), services, "/api/tasks", EVERY_SECOND);
            assertThat(task.statusCode()).as(task.body()).isEqualTo(201);

            Callers callers = new Callers(services, oldApi.url());
            try (callers) {
                callers.awaitMore();
                Deployment after =
                        new Deployment(of(Installation.current(), services, teardown), http, teardown, SETTINGS);
                RunningDeployable newScheduler = after.startScheduler();
                newScheduler.awaitReady();
                oldScheduler.process().close();
                callers.awaitMore();

                RunningDeployable newApi = after.startApi(services.ports().next());
                newApi.awaitReady();
                callers.add(newApi.url());
                callers.awaitMore();
                oldApi.process().close();
                callers.awaitMore();

                RunningDeployable newWorker = after.startWorker();
                newWorker.awaitReady();
                callers.awaitMore();
                oldWorker.process().close();
                callers.awaitMore();
            }

            assertThat(callers.refused).isEmpty();
            String[] accepted = callers.accepted.toArray(String[]::new);
            try (Connection database = database(services)) {
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(number(database, RUNS, "jobs", accepted))
                        .as("jobs like %s that ended", accepted[0])
                        .isEqualTo(accepted.length));
                assertThat(number(database, RUNS, "ends", accepted))
                        .as("none ran twice")
                        .isEqualTo(accepted.length);
                assertThat(number(database, FIRED, "fired"))
                        .as("no second was left out or came twice")
                        .isEqualTo(number(database, FIRED, "instants"))
                        .isEqualTo(number(database, FIRED, "seconds"));
            }
        }
    }

    private static Installation before() {
        String from = System.getenv("PENSTOCK_UPGRADE_FROM");
        return from == null
                ? Installation.current()
                : new Installation(Path.of(from).toAbsolutePath());
    }

    /** The same servers for the programs of an installation, with logs and data of their own. */
    private static RunServices of(Installation installation, RunServices services, Teardown teardown) {
        RunDirectory files = teardown.own(
                Stage.RUN_DIRECTORY,
                () -> RunDirectory.create(services.installation().keep().resolve("runs")));
        return new RunServices(
                installation,
                files,
                services.ports(),
                services.secrets(),
                services.servers(),
                services.feed(),
                services.mails());
    }

    private HttpResponse<String> post(URI base, RunServices services, String path, String body)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(base.resolve(path))
                        .timeout(Duration.ofSeconds(10))
                        .header("Authorization", "Bearer " + services.secrets().adminKey())
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static Connection database(RunServices services) throws SQLException {
        Map<String, String> environment = services.servers().environment();
        return DriverManager.getConnection(
                "jdbc:" + environment.get("DATABASE_URL"),
                environment.get("DATABASE_USER"),
                environment.get("DATABASE_PASSWORD"));
    }

    private static long number(Connection database, String query, String column, String... jobs) throws SQLException {
        try (PreparedStatement statement = database.prepareStatement(query)) {
            if (jobs.length > 0) {
                statement.setArray(1, database.createArrayOf("text", jobs));
            }
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(column);
            }
        }
    }

    /** Enqueue at a steady rate behind a load balancer of the plainest kind: it asks who is ready, and takes turns. */
    private final class Callers implements AutoCloseable {

        final Queue<String> accepted = new ConcurrentLinkedQueue<>();
        final Queue<String> refused = new ConcurrentLinkedQueue<>();
        private final RunServices services;
        private final List<URI> known = new CopyOnWriteArrayList<>();
        private volatile List<URI> ready;
        private final AtomicInteger turn = new AtomicInteger();
        private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(8);

        Callers(RunServices services, URI first) {
            this.services = services;
            known.add(first);
            ready = List.of(first);
            threads.scheduleWithFixedDelay(this::look, 0, 200, TimeUnit.MILLISECONDS);
            threads.scheduleAtFixedRate(this::call, 0, 1_000_000 / CALLS_PER_SECOND, TimeUnit.MICROSECONDS);
        }

        void add(URI another) {
            known.add(another);
        }

        void awaitMore() {
            int enough = accepted.size() + ACCEPTED_BETWEEN_STEPS;
            await().atMost(PATIENCE).until(() -> accepted.size() >= enough || !refused.isEmpty());
        }

        private void look() {
            ready = known.stream().filter(this::isReady).toList();
        }

        private boolean isReady(URI base) {
            try {
                return http.send(
                                        HttpRequest.newBuilder(base.resolve("/q/health/ready"))
                                                .timeout(Duration.ofSeconds(2))
                                                .build(),
                                        BodyHandlers.discarding())
                                .statusCode()
                        == 200;
            } catch (IOException gone) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        private void call() {
            threads.execute(() -> {
                List<URI> now = ready;
                if (now.isEmpty()) {
                    refused.add("nobody is ready");
                    return;
                }
                try {
                    HttpResponse<String> answer = post(
                            now.get(Math.floorMod(turn.getAndIncrement(), now.size())),
                            services,
                            "/api/jobs/diagnostics.ping",
                            "{\"payload\":{}}");
                    if (answer.statusCode() / 100 == 2) {
                        accepted.add(answer.body().replaceAll("(?s).*\"jobId\":\"([^\"]+)\".*", "$1"));
                    } else {
                        refused.add(answer.statusCode() + " " + answer.body());
                    }
                } catch (IOException e) {
                    refused.add(e.toString());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        /** Returns when all answers are there. */
        @Override
        public void close() throws InterruptedException {
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}
