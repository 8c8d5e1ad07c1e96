package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.local.LocalServers.Servers;
import io.penstock.local.feed.Mischief;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged deployables on a PostgreSQL that stands still, and on one that is killed and started again. */
@Timeout(300)
class DatabaseFaultEndToEnd {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** {@code penstock.database.deadline}, and what a busy machine adds. */
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final Duration BUSY_MACHINE = Duration.ofSeconds(3);
    /** What a deployable never writes, whatever becomes of PostgreSQL: stacks, and what nobody has caught. */
    private static final List<String> SIGNS_OF_NEGLECT =
            List.of("\tat ", "\nio.vertx", "ncaught", "nhandled", "dropped the following exception", "ERROR");

    /** The driver prints this itself where a transaction is between two statements when PostgreSQL dies. */
    private static final String OF_THE_DRIVER =
            "\nio.vertx.pgclient.PgException: FATAL: terminating connection due to unexpected postmaster exit (57P01)";

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port = portOf();
    private EmbeddedPostgres postgres;
    private ProcessHandle postmaster;

    /** An answer of the API. */
    private record Heard(int status, String body, Duration after) {

        boolean isOf(String effect) {
            return status == 503 && body.contains("\"effect\":\"" + effect + "\"");
        }
    }

    private static int portOf() {
        try (FreePorts ports = new FreePorts()) {
            return ports.next();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void startPostgres() throws IOException {
        postgres = EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(directory.resolve("postgres"))
                .setCleanDataDirectory(false)
                .start();
        postmaster = ProcessHandle.of(Long.parseLong(Files.readAllLines(directory.resolve("postgres/postmaster.pid"))
                        .get(0)
                        .strip()))
                .orElseThrow();
    }

    @AfterEach
    void stopPostgres() throws Exception {
        signal("CONT");
        postgres.close();
    }

    @Test
    void callsAreAnsweredWithinTheDeadlineAndEachFaultIsLoggedOnceAtItsBeginAndOnceAtItsEnd() throws Exception {
        Path logs;
        try (Teardown teardown = new Teardown()) {
            RunServices services = onOwnPostgres(teardown);
            logs = services.files().logs();
            Deployment deployment = new Deployment(services, http, teardown);
            RunningDeployable api = deployment.startApi(services.ports().next());
            RunningDeployable worker = deployment.startWorker();
            RunningDeployable scheduler = deployment.startScheduler();
            Stream.of(api, worker, scheduler).forEach(RunningDeployable::awaitReady);
            Calls calls = new Calls(api.url(), services.secrets().adminKey());
            assertThat(calls.send("POST", "/api/tasks", task("every-second")).status())
                    .isEqualTo(201);
            assertThat(calls.createKeys("before", 8)).allMatch(heard -> heard.status() == 201);

            signal("STOP");
            List<Heard> frozen = calls.createKeys("frozen", 40);
            frozen.addAll(calls.everyKind());
            await().atMost(PATIENCE).until(() -> Stream.of("scheduler", "worker-1")
                    .allMatch(process -> begun(read(logs, process)) > 0));
            signal("CONT");

            assertThat(frozen).allSatisfy(heard -> {
                assertThat(heard.status()).as(heard.body()).isEqualTo(503);
                assertThat(heard.after()).isLessThan(DEADLINE.plus(BUSY_MACHINE));
            });
            assertThat(frozen).anyMatch(heard -> heard.isOf("unknown")).anyMatch(heard -> heard.isOf("none"));
            await().atMost(PATIENCE)
                    .until(() -> calls.send("GET", "/api/tasks", "").status() == 200);
            await().atMost(PATIENCE).until(() -> read(logs, "api").contains("PostgreSQL answers again"));
            // Whoever was told that nothing was changed must be right for ever, not just for now.
            String keys = calls.send("GET", "/api/keys", "").body();
            for (int i = 0; i < 40; i++) {
                if (frozen.get(i).isOf("none")) {
                    assertThat(keys).doesNotContain("\"frozen-" + i + "\"");
                }
            }

            signal("KILL");
            postgres.close();
            List<Heard> killed = calls.createKeys("killed", 20);
            killed.addAll(calls.everyKind());
            postgres = EmbeddedPostgres.builder()
                    .setPort(port)
                    .setDataDirectory(directory.resolve("postgres"))
                    .setCleanDataDirectory(false)
                    .start();

            assertThat(killed).allSatisfy(heard -> {
                assertThat(heard.status()).as(heard.body()).isEqualTo(503);
                assertThat(heard.after()).isLessThan(DEADLINE.plus(BUSY_MACHINE));
            });
            assertThat(killed).anyMatch(heard -> heard.isOf("none"));
            await().atMost(PATIENCE)
                    .until(() -> calls.send("GET", "/api/tasks", "").status() == 200);
            await().atMost(PATIENCE).until(() -> occurrences(read(logs, "api"), "PostgreSQL answers again") == 2);
            await().atMost(PATIENCE).until(() -> Stream.of("scheduler", "worker-1")
                    .map(process -> read(logs, process))
                    .allMatch(log -> begun(log) > 1 && over(log) == begun(log)));
        }
        for (String process : List.of("api", "scheduler", "worker-1")) {
            String log = read(logs, process).replace(OF_THE_DRIVER, "");
            assertThat(SIGNS_OF_NEGLECT).as(log).noneMatch(log::contains);
        }
        assertThat(occurrences(read(logs, "api"), "PostgreSQL does not answer")).isEqualTo(2);
    }

    private RunServices onOwnPostgres(Teardown teardown) {
        RunServices laid = RunServices.lay(
                new Options(true, 1, null, Map.of("DATABASE_URL", "own")),
                Installation.current(),
                Mischief.Plan.none(),
                teardown);
        Map<String, String> environment = new HashMap<>(laid.servers().environment());
        environment.put("DATABASE_URL", "postgresql://127.0.0.1:" + port + "/postgres");
        environment.put("DATABASE_USER", "postgres");
        environment.put("DATABASE_PASSWORD", "postgres");
        Servers servers = new Servers(environment, laid.servers().processes(), "", "");
        return new RunServices(
                laid.installation(), laid.files(), laid.ports(), laid.secrets(), servers, laid.feed(), laid.mails());
    }

    private static String task(String name) {
        return """
                {"name": "%s", "id": "%s", "cronExpression": "* * * * * *", "jobType": "diagnostics.ping", "payload": {}}"""
                .formatted(name, name);
    }

    /** Callers of the API that do not wait for one another. */
    private final class Calls {

        private final URI base;
        private final String key;

        Calls(URI base, String key) {
            this.base = base;
            this.key = key;
        }

        List<Heard> createKeys(String name, int number) {
            List<CompletableFuture<Heard>> sent = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                sent.add(sendAsync(
                        "POST",
                        "/api/keys",
                        """
                        {"name": "%s-%d", "role": "viewer"}""".formatted(name, i)));
            }
            return new ArrayList<>(sent.stream().map(CompletableFuture::join).toList());
        }

        /** Of each resource that needs PostgreSQL a reading and, where there is one, a writing call. */
        List<Heard> everyKind() {
            return Stream.of(
                            sendAsync("GET", "/api/tasks", ""),
                            sendAsync("POST", "/api/tasks", task("meanwhile")),
                            sendAsync("GET", "/api/offers", ""),
                            sendAsync("GET", "/api/outbox", ""),
                            sendAsync("DELETE", "/api/outbox/dead-letters/1", ""),
                            sendAsync("GET", "/api/health-checks", ""),
                            sendAsync("GET", "/api/alerts", ""),
                            sendAsync("GET", "/api/history", ""),
                            sendAsync("GET", "/api/bulk-operations", ""),
                            sendAsync("GET", "/api/keys", ""),
                            sendAsync("GET", "/api/cron?maxPages=1&concurrency=1&status=Active", ""))
                    .map(CompletableFuture::join)
                    .toList();
        }

        Heard send(String method, String path, String body) {
            return sendAsync(method, path, body).join();
        }

        private CompletableFuture<Heard> sendAsync(String method, String path, String body) {
            HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                    .header("Authorization", "Bearer " + key)
                    .header("Content-Type", "application/json")
                    .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                    .build();
            long begin = System.nanoTime();
            return http.sendAsync(request, BodyHandlers.ofString()).thenApply(answer -> heard(answer, begin));
        }

        private static Heard heard(HttpResponse<String> answer, long begin) {
            return new Heard(answer.statusCode(), answer.body(), Duration.ofNanos(System.nanoTime() - begin));
        }
    }

    /** To the postmaster and all its children. */
    private void signal(String signal) throws Exception {
        List<String> words = new ArrayList<>(List.of("kill", "-" + signal));
        Stream.concat(Stream.of(postmaster), postmaster.descendants())
                .filter(ProcessHandle::isAlive)
                .forEach(process -> words.add(Long.toString(process.pid())));
        if (words.size() > 2) {
            new ProcessBuilder(words).start().waitFor();
        }
    }

    private static String read(Path logs, String process) {
        try {
            return Files.readString(logs.resolve(process + ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each loop says so once in its own words. */
    private static int begun(String log) {
        return occurrences(log, ", will keep trying: ");
    }

    private static int over(String log) {
        return (int) log.lines()
                .filter(line -> line.matches(".*PeriodicTask.* can .* again"))
                .count();
    }

    private static int occurrences(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
