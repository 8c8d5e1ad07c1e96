package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.local.Teardown.Stage;
import io.penstock.local.feed.Mischief;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Starts that go wrong: what the packaged programs say, whether they stay, and whether they mend by themselves. What a wrong certificate and a
 * Redis that is away do is in {@link SecuredServersEndToEnd}.
 */
@Timeout(300)
class BadStartsEndToEnd {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** As the log names it. */
    private static final String FLYWAY = "or.fl.";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void aNetworkThatSwallowsRedisAndADatabaseOfANewerVersion() throws Exception {
        try (Teardown teardown = new Teardown();
                BlackHole hole = new BlackHole()) {
            RunServices laid = RunServices.lay(
                    new Options(true, 1, null, Map.of("REDIS_URL", "own")),
                    Installation.current(),
                    Mischief.Plan.none(),
                    teardown);
            RunServices services = with(laid, Map.of("REDIS_URL", EmbeddedRedisServer.url(hole.port())));
            Path logs = services.files().logs();
            RunningDeployable scheduler = new Deployment(services, http, teardown).startScheduler();
            await().atMost(PATIENCE).until(() -> status(scheduler, "/q/health/live") == 200);
            await().atMost(PATIENCE).until(() -> Logs.read(logs.resolve("scheduler.log"))
                    .contains("redis link 'shared' cannot connect, will keep trying: "));
            assertThat(status(scheduler, "/q/health/ready"))
                    .as("Redis is cut off")
                    .isEqualTo(503);

            comeFromALaterVersion(services);
            hole.close();
            ChildProcess redis = startRedis(services, hole.port(), teardown);
            scheduler.awaitReady();
            Deployment workers = new Deployment(services, http, teardown);
            RunningDeployable worker = workers.startWorker();
            worker.awaitReady();
            assertThat(Logs.read(logs.resolve("scheduler.log")))
                    .as("made the tables")
                    .contains(FLYWAY);
            assertThat(Logs.read(logs.resolve("worker-1.log")))
                    .as("found them, and more")
                    .doesNotContain(FLYWAY);

            signal(redis, "STOP");
            await().atMost(PATIENCE)
                    .until(() ->
                            status(scheduler, "/q/health/ready") != 200 && status(worker, "/q/health/ready") != 200);
            signal(redis, "CONT");
            scheduler.awaitReady();
            worker.awaitReady();
            execute(laid, "UPDATE flyway_schema_history SET checksum = checksum + 1 WHERE version = '010'");
            RunningDeployable refused = workers.startWorker();
            assertThat(refused.process().await(PATIENCE)).isNotZero();
            assertThat(Logs.read(logs.resolve("worker-2.log")))
                    .as("tables made by something else")
                    .contains("checksum mismatch");
            for (String process : List.of("scheduler", "worker-1", "worker-2")) {
                assertThat(Logs.read(logs.resolve(process + ".log")))
                        .as(process)
                        .doesNotContain("\tat ");
            }
        }
    }

    @Test
    void aMissingSecretAndAWrongPasswordEndTheProcessWithOneLine() {
        try (Teardown teardown = new Teardown()) {
            RunServices laid = RunServices.lay(
                    new Options(true, 1, null, Map.of()), Installation.current(), Mischief.Plan.none(), teardown);
            RunningDeployable api = new Deployment(withoutAdminKey(laid), http, teardown)
                    .startApi(laid.ports().next());
            RunningDeployable scheduler = new Deployment(
                            with(laid, Map.of("DATABASE_PASSWORD", "wrong", "QUARKUS_FLYWAY_CONNECT_RETRIES", "1")),
                            http,
                            teardown)
                    .startScheduler();

            assertThat(api.process().await(PATIENCE)).isNotZero();
            assertThat(scheduler.process().await(PATIENCE)).isNotZero();
            assertThat(troubles(laid, "api")).singleElement().asString().startsWith("PENSTOCK_ADMIN_KEY is not set. ");
            assertThat(troubles(laid, "scheduler"))
                    .allSatisfy(line -> assertThat(line).contains("password authentication failed"))
                    .filteredOn(line -> line.contains("The start failed: "))
                    .hasSize(1);
        }
    }

    /** Lines of a log that do not tell of ordinary life. */
    private static List<String> troubles(RunServices services, String process) {
        return Logs.read(services.files().logs().resolve(process + ".log"))
                .lines()
                .filter(line -> !line.contains(" INFO "))
                .toList();
    }

    private static RunServices withoutAdminKey(RunServices laid) {
        Secrets all = laid.secrets();
        return new RunServices(
                laid.installation(),
                laid.files(),
                laid.ports(),
                new Secrets("", all.cronSecret(), all.databasePassword(), all.feedToken()),
                laid.servers(),
                laid.feed(),
                laid.mails());
    }

    private static RunServices with(RunServices laid, Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(laid.servers().environment());
        environment.putAll(settings);
        return new RunServices(
                laid.installation(),
                laid.files(),
                laid.ports(),
                laid.secrets(),
                new LocalServers.Servers(environment, laid.servers().processes(), "", ""),
                laid.feed(),
                laid.mails());
    }

    private static void comeFromALaterVersion(RunServices services) throws Exception {
        execute(
                services,
                """
                INSERT INTO flyway_schema_history
                    (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                SELECT max(installed_rank) + 1, '9999', 'of later', 'SQL', 'V9999__of_later.sql', 1, current_user, 1, true
                FROM flyway_schema_history""");
    }

    private static void execute(RunServices services, String sql) throws Exception {
        Map<String, String> environment = services.servers().environment();
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:" + environment.get("DATABASE_URL"),
                        environment.get("DATABASE_USER"),
                        environment.get("DATABASE_PASSWORD"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private static ChildProcess startRedis(RunServices services, int port, Teardown teardown) {
        Path program = new ServerPrograms(services.installation().keep().resolve("programs")).redis();
        ChildProcess redis = teardown.own(
                Stage.REDIS,
                () -> ChildProcess.start(
                        services.installation(),
                        services.files().log("redis"),
                        EmbeddedRedisServer.command(
                                program, port, services.files().createData("redis"))));
        redis.awaitReady(() -> EmbeddedRedisServer.accepts(port), PATIENCE);
        return redis;
    }

    private static void signal(ChildProcess process, String signal) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    private int status(RunningDeployable process, String path) {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create(process.url() + path))
                                    .timeout(Duration.ofSeconds(30))
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException notYet) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /** As a policy of a network does it: whoever connects hears nothing, neither yes nor no. Its queue of connections is full, and nobody takes any. */
    private static final class BlackHole implements AutoCloseable {

        private final ServerSocket place = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final List<Socket> filling = new ArrayList<>();

        BlackHole() throws IOException {
            for (int i = 0; i < 8; i++) {
                Socket socket = new Socket();
                filling.add(socket);
                try {
                    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), 200);
                } catch (IOException full) {
                    return;
                }
            }
        }

        int port() {
            return place.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : filling) {
                socket.close();
            }
            place.close();
        }
    }
}
