package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.local.ChildProcess.StopSignal;
import io.penstock.local.Teardown.Stage;
import io.penstock.local.feed.Mischief;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged programs on a PostgreSQL behind PgBouncer, which gives each transaction any of four connections, set as
 * deploy/docs/deployment.md says. Skipped where there is no pgbouncer: Debian's package of this name brings it.
 */
@Timeout(300)
class PoolerEndToEnd {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int CONNECTIONS = 4;
    private static final int JOBS = 20;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path directory;

    @Test
    void everythingWorksThroughAPoolerButWhatGoesPastIt() throws Exception {
        Path pgbouncer = program();
        assumeTrue(pgbouncer != null, "no pgbouncer here: install Debian's package of this name to run this test");
        try (Teardown teardown = new Teardown()) {
            RunServices laid = RunServices.lay(
                    new Options(true, 1, null, Map.of()), Installation.current(), Mischief.Plan.none(), teardown);
            RunServices services = behind(pgbouncer, laid, teardown);
            Deployment deployment = new Deployment(services, http, teardown);
            RunningDeployable api = deployment.startApi(services.ports().next());
            RunningDeployable worker = deployment.startWorker();
            RunningDeployable scheduler = deployment.startScheduler();
            List.of(api, worker, scheduler).forEach(RunningDeployable::awaitReady);
            LocalApi client = new LocalApi(api.url(), services.secrets(), http);

            assertThat(client.post(
                                    "/api/tasks",
                                    "{\"name\":\"each second\",\"id\":\"each-second\",\"cronExpression\":\"* * * * * *\","
                                            + "\"jobType\":\"diagnostics.ping\",\"payload\":{}}")
                            .status())
                    .isEqualTo(201);
            List<String> committed = enqueueInTransactions(services);
            for (String path : List.of("/api/history", "/api/audit", "/api/offers", "/api/alerts", "/api/pools")) {
                assertThat(client.get(path).isMissingNode()).as(path).isFalse();
            }

            // The sweep comes in ten minutes: only notifications can have moved these.
            await().atMost(PATIENCE).until(() -> committed.stream().allMatch(job -> isCompleted(client, job)));
            await().atMost(PATIENCE).until(() -> client.get("/api/tasks/each-second/executions")
                    .toString()
                    .contains("\"status\":\"completed\""));
            assertNobodyLeftAnythingInASharedConnection(services);
            for (String process : List.of("api", "worker-1", "scheduler")) {
                assertThat(Logs.read(services.files().logs().resolve(process + ".log")))
                        .as(process)
                        .doesNotContain("prepared statement", "PgException");
            }
        }
    }

    private static boolean isCompleted(LocalApi client, String job) {
        JsonNode answer = client.get("/api/jobs/" + job);
        return answer.path("state").asText().equals("completed");
    }

    /** What a program without Java does, through the pooler as well. */
    private static List<String> enqueueInTransactions(RunServices services) throws SQLException {
        List<String> jobs = new ArrayList<>();
        // JDBC prepares on the server after five uses of a statement, unless it is told not to.
        try (Connection connection =
                connect(services, services.servers().environment().get("DATABASE_URL"))) {
            connection.setAutoCommit(false);
            for (int i = 0; i < JOBS; i++) {
                try (Statement statement = connection.createStatement();
                        ResultSet id = statement.executeQuery("SELECT penstock_enqueue('diagnostics.ping')")) {
                    id.next();
                    jobs.add(id.getString(1));
                }
                connection.commit();
            }
        }
        return jobs;
    }

    /** Advisory locks and names of prepared statements would stay, and meet whoever is given the connection next. */
    private static void assertNobodyLeftAnythingInASharedConnection(RunServices services) throws SQLException {
        try (Connection connection =
                        connect(services, services.servers().environment().get("DATABASE_DIRECT_URL"));
                Statement statement = connection.createStatement()) {
            try (ResultSet shared = statement.executeQuery(
                    """
                    SELECT count(*) FILTER (WHERE application_name <> 'penstock-session') AS shared,
                        count(*) FILTER (WHERE application_name = 'penstock-session') AS own
                    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()""")) {
                shared.next();
                assertThat(shared.getInt("shared")).isPositive();
                assertThat(shared.getInt("own")).isEqualTo(1);
            }
            try (ResultSet locks = statement.executeQuery(
                    """
                    SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
                    WHERE locktype = 'advisory' AND application_name <> 'penstock-session'
                        AND state = 'idle' AND now() - state_change > interval '1 second'""")) {
                locks.next();
                assertThat(locks.getInt(1)).as("locks of a session").isZero();
            }
        }
    }

    private static Connection connect(RunServices services, String url) throws SQLException {
        Map<String, String> environment = services.servers().environment();
        return DriverManager.getConnection(
                "jdbc:" + url + "?prepareThreshold=0",
                environment.get("DATABASE_USER"),
                environment.get("DATABASE_PASSWORD"));
    }

    private RunServices behind(Path pgbouncer, RunServices laid, Teardown teardown) throws IOException {
        Map<String, String> environment = new HashMap<>(laid.servers().environment());
        String direct = environment.get("DATABASE_URL");
        int port = laid.ports().next();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path settings = directory.resolve("pgbouncer.ini");
        Files.writeString(
                directory.resolve("users.txt"),
                "\"%s\" \"%s\"%n".formatted(environment.get("DATABASE_USER"), environment.get("DATABASE_PASSWORD")));
        Files.writeString(
                settings,
                """
                [databases]
                penstock = host=127.0.0.1 port=%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = %s/users.txt
                pool_mode = transaction
                default_pool_size = %d
                max_client_conn = 200
                ignore_startup_parameters = extra_float_digits
                """
                        .formatted(direct.replaceAll(".*:(\\d+)/.*", "$1"), port, directory, CONNECTIONS));
        ChildProcess started = teardown.own(
                Stage.POSTGRES,
                () -> ChildProcess.start(
                        laid.installation(),
                        directory.resolve("pgbouncer.log"),
                        new ChildProcess.Command(
                                "pgbouncer",
                                words(pgbouncer, settings),
                                Map.of(),
                                StopSignal.INT,
                                Duration.ofSeconds(5))));
        started.awaitReady(() -> Logs.read(started.log()).contains("process up"), PATIENCE);
        environment.put("DATABASE_URL", direct.replaceAll(":\\d+/", ":" + port + "/"));
        environment.put("DATABASE_DIRECT_URL", direct);
        environment.put("DATABASE_POOLED", "true");
        environment.put("PENSTOCK_OUTBOX_RELAY_SWEEP", "10m");
        return new RunServices(
                laid.installation(),
                laid.files(),
                laid.ports(),
                laid.secrets(),
                new LocalServers.Servers(environment, laid.servers().processes(), "", ""),
                laid.feed(),
                laid.mails());
    }

    /** It refuses to run as root, as PostgreSQL does. */
    private List<String> words(Path pgbouncer, Path settings) {
        List<String> words = new ArrayList<>(PostgresAccount.choose().prefix());
        words.addAll(List.of(pgbouncer.toString(), settings.toString()));
        return words;
    }

    private static @Nullable Path program() {
        return Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(place -> Path.of(place, "pgbouncer"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }
}
