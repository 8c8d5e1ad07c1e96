package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.local.feed.Mischief;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code deploy/examples/own-app} as a stranger has it: a copy outside this build, which knows Penstock by its published artifacts alone. They
 * lie in a repository that this test fills. The example's own tests run its first job on a real Redis and PostgreSQL; then it runs, packaged, beside
 * the platform's own programs.
 */
@Timeout(600)
class OwnApplicationRehearsal {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Path HOME = Path.of(System.getProperty("penstock.home"));
    private static final Path TARGET = HOME.resolve("deploy/local/target");
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void buildsAndRunsItsFirstJobWithWhatIsPublished() throws Exception {
        Published published = Published.in(TARGET.resolve("own-app-repository"));
        Path project = copied(HOME.resolve("deploy/examples/own-app"), Published.emptied(TARGET.resolve("own-app")));

        Path log = TARGET.resolve("own-app.log");
        published.maven(
                Duration.ofMinutes(8), log, "-f", project.resolve("pom.xml").toString(), "package");

        assertThat(Files.readString(log)).contains("Running com.example.invoices.backoffice.BackofficeTest");
        runsBesideThePlatform(project);
    }

    /** The packaged example and this repository's packaged programs share Redis and PostgreSQL, and nothing else. */
    private void runsBesideThePlatform(Path project) throws Exception {
        try (Teardown teardown = new Teardown()) {
            RunServices services = RunServices.lay(
                    new Options(true, 1, null, Map.of()), Installation.current(), Mischief.Plan.none(), teardown);
            Deployment platform =
                    new Deployment(services, http, teardown, Map.of("PENSTOCK_QUEUE__INVOICES__CONCURRENCY", "10"));
            RunningDeployable api = platform.startApi(services.ports().next());
            RunningDeployable worker = platform.startWorker();
            RunningDeployable shop = own("shop", project, services, teardown);
            List.of(api, worker, shop).forEach(RunningDeployable::awaitReady);
            LocalApi client = new LocalApi(api.url(), services.secrets(), http);

            String invoice = order(shop);
            String ping = client.post("/api/jobs/diagnostics.ping", "{\"payload\":{}}")
                    .body()
                    .path("jobId")
                    .asText();
            await().atMost(PATIENCE).until(() -> client.get("/api/jobs/" + ping)
                    .path("state")
                    .asText()
                    .equals("completed"));
            assertThat(client.get("/api/jobs/" + invoice).path("state").asText())
                    .as("the platform's worker, at work all the while, leaves it")
                    .isEqualTo("waiting");
            assertThat(client.get("/api/jobs/" + invoice).path("attempts").asInt())
                    .isZero();

            RunningDeployable backoffice = own("backoffice", project, services, teardown);
            backoffice.awaitReady();
            LocalApi its = new LocalApi(backoffice.url(), services.secrets(), http);
            await().atMost(PATIENCE).until(() -> its.get("/api/jobs?type=invoices.write&state=completed")
                    .toString()
                    .contains(invoice));
            String another = client.post("/api/jobs/diagnostics.ping", "{\"payload\":{}}")
                    .body()
                    .path("jobId")
                    .asText();
            await().atMost(PATIENCE).until(() -> client.get("/api/jobs/" + another)
                    .path("state")
                    .asText()
                    .equals("completed"));
            assertThat(client.post("/api/jobs/invoices.write", "{\"payload\":{}}")
                            .status())
                    .as("a type that this API does not know")
                    .isEqualTo(404);
        }
    }

    private String order(RunningDeployable shop) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(shop.url().resolve("/orders/4711"))
                .timeout(PATIENCE)
                .POST(BodyPublishers.noBody())
                .build();
        return new ObjectMapper()
                .readTree(http.send(request, BodyHandlers.ofString()).body())
                .path("job")
                .asText();
    }

    private RunningDeployable own(String module, Path project, RunServices services, Teardown teardown) {
        int port = services.ports().next();
        Map<String, String> environment = new HashMap<>(services.servers().environment());
        environment.put("PENSTOCK_ADMIN_KEY", services.secrets().adminKey());
        environment.put("PENSTOCK_WORKER_QUEUES", "invoices");
        environment.put("PENSTOCK_LOG_JSON", "false");
        environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        environment.put("QUARKUS_HTTP_PORT", "" + port);
        ChildProcess.Command command = new ChildProcess.Command(
                module,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        project.resolve(module)
                                .resolve("target/quarkus-app/quarkus-run.jar")
                                .toString()),
                environment,
                ChildProcess.StopSignal.TERM,
                Duration.ofSeconds(20));
        return new RunningDeployable(
                () -> teardown.own(
                        Teardown.Stage.WORKERS,
                        () -> ChildProcess.start(
                                services.installation(), services.files().log(module), command)),
                port,
                http);
    }

    private static Path copied(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.filter(Files::isRegularFile)
                    .filter(file -> !from.relativize(file).toString().contains("target" + File.separator))
                    .toList()) {
                Path copy = to.resolve(from.relativize(each));
                Files.createDirectories(copy.getParent());
                Files.copy(each, copy);
            }
        }
        return to;
    }
}
