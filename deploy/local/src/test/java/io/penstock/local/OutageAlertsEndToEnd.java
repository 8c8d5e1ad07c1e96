package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.penstock.local.LocalServers.Servers;
import io.penstock.local.Teardown.Stage;
import io.penstock.local.feed.Mischief;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A packaged worker tells people that PostgreSQL is away by means of Redis, and that Redis is by means of PostgreSQL: each once. */
@Timeout(300)
class OutageAlertsEndToEnd {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Map<String, String> OFTEN = Map.of(
            "PENSTOCK_MAINTENANCE_HEALTH_CHECK_OUTAGE_WATCH", "500ms",
            "PENSTOCK_MAINTENANCE_HEALTH_CHECK_ANSWER_WITHIN", "1s",
            "PENSTOCK_ALERT_INTERVAL", "500ms",
            "PENSTOCK_ALERT_MAIL_TO", "operator@localhost");

    @TempDir
    Path directory;

    private final List<String> posted = new CopyOnWriteArrayList<>();
    private final int port = portOf();
    private HttpServer webhook;
    private EmbeddedPostgres postgres;

    private static int portOf() {
        try (FreePorts ports = new FreePorts()) {
            return ports.next();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void start() throws IOException {
        webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        webhook.createContext("/", this::hear);
        webhook.start();
        postgres = startPostgres();
    }

    @AfterEach
    void stop() throws IOException {
        postgres.close();
        webhook.stop(0);
    }

    private EmbeddedPostgres startPostgres() throws IOException {
        return EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(directory.resolve("postgres"))
                .setCleanDataDirectory(false)
                .start();
    }

    private void hear(HttpExchange exchange) throws IOException {
        try (InputStream body = exchange.getRequestBody()) {
            for (JsonNode alert : JSON.readTree(body).path("alerts")) {
                posted.add(alert.path("severity").asText() + " "
                        + alert.path("subject").asText() + " "
                        + alert.path("state").asText());
            }
        }
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }

    /** What was posted of the two; the queues have alerts of their own. */
    private List<String> posted() {
        return posted.stream()
                .filter(alert -> alert.contains(" health/postgresql ") || alert.contains(" health/redis "))
                .toList();
    }

    @Test
    void eachOutageIsToldOnceAndSoIsItsEnd() throws Exception {
        try (Teardown teardown = new Teardown()) {
            RunServices services = onOwnPostgres(teardown);
            Map<String, String> settings = new HashMap<>(OFTEN);
            settings.put(
                    "PENSTOCK_ALERT_WEBHOOK_URL",
                    "http://127.0.0.1:" + webhook.getAddress().getPort() + "/");
            new Deployment(services, HttpClient.newHttpClient(), teardown, settings)
                    .startWorker()
                    .awaitReady();

            killPostgres();
            untilTold(services, "critical health/postgresql raised");
            postgres = startPostgres();
            untilTold(services, "critical health/postgresql recovered");

            services.servers().processes().get(0).kill();
            untilTold(services, "critical health/redis raised");
            startRedisAgain(services, teardown);
            untilTold(services, "critical health/redis recovered");

            assertThat(posted())
                    .containsExactly(
                            "critical health/postgresql raised",
                            "critical health/postgresql recovered",
                            "critical health/redis raised",
                            "critical health/redis recovered");
            assertThat(subjects(services))
                    .containsExactlyInAnyOrder(
                            "CRITICAL health/postgresql",
                            "RECOVERED health/postgresql",
                            "CRITICAL health/redis",
                            "RECOVERED health/redis");
        }
    }

    private void untilTold(RunServices services, String alert) {
        String state = alert.endsWith("raised") ? "CRITICAL " : "RECOVERED ";
        String subject = state + alert.split(" ")[1];
        await().dontCatchUncaughtExceptions()
                .atMost(PATIENCE)
                .until(() -> posted().contains(alert) && subjects(services).contains(subject));
    }

    /** State and subject of every mail about the two. */
    private static List<String> subjects(RunServices services) throws IOException {
        List<String> subjects = new ArrayList<>();
        try (Stream<Path> mails = Files.list(services.files().mails())) {
            for (Path mail : mails.toList()) {
                Files.readString(mail)
                        .lines()
                        .filter(line -> line.matches("Subject: \\[Penstock] [A-Z]+ health/(postgresql|redis):.*"))
                        .map(line -> line.replaceFirst("Subject: \\[Penstock] ([A-Z]+ health/[a-z]+):.*", "$1"))
                        .forEach(subjects::add);
            }
        }
        return subjects;
    }

    private void killPostgres() throws Exception {
        ProcessHandle postmaster = ProcessHandle.of(
                        Long.parseLong(Files.readAllLines(directory.resolve("postgres/postmaster.pid"))
                                .get(0)
                                .strip()))
                .orElseThrow();
        List<ProcessHandle> processes =
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
        processes.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : processes) {
            process.onExit().get();
        }
        postgres.close();
    }

    /** With its data, at its port. */
    private static void startRedisAgain(RunServices services, Teardown teardown) {
        int port = URI.create(services.servers().environment().get("REDIS_URL")).getPort();
        Path program = new ServerPrograms(services.installation().keep().resolve("programs")).redis();
        teardown.own(
                Stage.REDIS,
                () -> ChildProcess.start(
                        services.installation(),
                        services.files().log("redis-again"),
                        EmbeddedRedisServer.command(
                                program, port, services.files().data(EmbeddedRedisServer.NAME))));
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
}
