package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.local.Teardown.Stage;
import io.penstock.local.feed.Mischief;
import io.smallrye.certs.CertificateGenerator;
import io.smallrye.certs.CertificateRequest;
import io.smallrye.certs.Format;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged programs on a Redis that speaks TLS alone and knows one user, and what they say where the start goes wrong. */
@Timeout(300)
class SecuredServersEndToEnd {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String PASSWORD = "correct-horse-battery";
    /** What deploy/docs/redis.md tells operators to grant. */
    private static final String RIGHTS =
            "~* &* +@all -@admin -@dangerous +info +config|get +role +client|tracking +client|id +client|setname";

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    @BeforeEach
    void makeCertificates() throws Exception {
        CertificateGenerator generator = new CertificateGenerator(directory, true);
        generator.generate(certificate("redis"));
        generator.generate(certificate("other"));
    }

    private static CertificateRequest certificate(String name) {
        return new CertificateRequest()
                .withName(name)
                .withCN("localhost")
                .withSubjectAlternativeName("IP:127.0.0.1")
                .withFormat(Format.PEM);
    }

    @Test
    void jobsRunOverTlsWithAUserOfFewRights() {
        try (Teardown teardown = new Teardown()) {
            RunServices laid = lay(teardown);
            int port = laid.ports().next();
            startRedis(laid, port, teardown);
            RunServices services = with(laid, secured(port, "redis", PASSWORD));
            Deployment deployment = new Deployment(services, http, teardown);
            RunningDeployable api = deployment.startApi(services.ports().next());
            RunningDeployable worker = deployment.startWorker();
            RunningDeployable scheduler = deployment.startScheduler();
            List.of(api, worker, scheduler).forEach(RunningDeployable::awaitReady);
            LocalApi client = new LocalApi(api.url(), services.secrets(), http);

            List<String> jobs = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                JsonNode answer = client.post("/api/jobs/diagnostics.ping", "{\"payload\":{}}")
                        .body();
                jobs.add(answer.path("jobId").asText());
            }
            await().atMost(PATIENCE).until(() -> jobs.stream().allMatch(job -> client.get("/api/jobs/" + job)
                    .path("state")
                    .asText()
                    .equals("completed")));
            for (String process : List.of("api", "worker-1", "scheduler")) {
                assertThat(read(services.files().logs().resolve(process + ".log")))
                        .as(process)
                        .doesNotContain("NOPERM", "NOAUTH", PASSWORD);
            }
        }
    }

    @Test
    void whatIsWrongAtTheStartIsSaidInOneLineAndMendedWhenItCanBe() throws IOException {
        try (Teardown teardown = new Teardown()) {
            RunServices laid = lay(teardown);
            int port = laid.ports().next();
            Deployment foreign = new Deployment(with(laid, secured(port, "other", PASSWORD)), http, teardown);
            RunningDeployable untrusting = foreign.startWorker();
            RunningDeployable early = new Deployment(
                            aside(laid, secured(port, "redis", PASSWORD), teardown), http, teardown)
                    .startScheduler();
            await().atMost(PATIENCE)
                    .until(() -> answers(untrusting, "/q/health/live") && answers(early, "/q/health/live"));
            assertThat(status(early, "/q/health/ready")).as("Redis is away").isEqualTo(503);

            startRedis(laid, port, teardown);

            early.awaitReady();
            Path log = laid.files().logs().resolve("worker-1.log");
            await().atMost(PATIENCE).until(() -> read(log).contains("trust anchors"));
            assertThat(status(untrusting, "/q/health/ready")).isEqualTo(503);
            assertThat(status(untrusting, "/q/health/live"))
                    .as("a restart would not help")
                    .isEqualTo(200);
            assertThat(read(log)).doesNotContain("\tat ", PASSWORD);
        }
    }

    private static RunServices lay(Teardown teardown) {
        return RunServices.lay(
                new Options(true, 1, null, Map.of("REDIS_URL", "own")),
                Installation.current(),
                Mischief.Plan.none(),
                teardown);
    }

    private Map<String, String> secured(int port, String authority, String password) {
        return Map.of(
                "REDIS_URL",
                "rediss://penstock:" + password + "@127.0.0.1:" + port,
                "QUARKUS_REDIS_TLS_CONFIGURATION_NAME",
                "redis",
                "QUARKUS_TLS_REDIS_TRUST_STORE_PEM_CERTS",
                directory.resolve(authority + "-ca.crt").toString());
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

    private static RunServices aside(RunServices laid, Map<String, String> settings, Teardown teardown) {
        RunServices services = with(laid, settings);
        RunDirectory files = teardown.own(
                Stage.RUN_DIRECTORY,
                () -> RunDirectory.create(laid.installation().keep().resolve("runs")));
        return new RunServices(
                services.installation(),
                files,
                services.ports(),
                services.secrets(),
                services.servers(),
                services.feed(),
                services.mails());
    }

    private void startRedis(RunServices services, int port, Teardown teardown) {
        Path program = new ServerPrograms(services.installation().keep().resolve("programs")).redis();
        List<String> words = new ArrayList<>(List.of(program.toString()));
        words.addAll(List.of(
                ("--port 0 --tls-port %d --bind 127.0.0.1 --tls-cert-file %s/redis.crt --tls-key-file %s/redis.key --tls-ca-cert-file"
                                + " %s/redis-ca.crt --tls-auth-clients no --save  --appendonly no --dir %s --maxmemory-policy noeviction"
                                + " --user default off --user penstock on >%s %s")
                        .formatted(port, directory, directory, directory, directory, PASSWORD, RIGHTS)
                        .split(" ")));
        ChildProcess redis = teardown.own(
                Stage.REDIS,
                () -> ChildProcess.start(
                        services.installation(),
                        directory.resolve("redis.log"),
                        new ChildProcess.Command(
                                "redis", words, Map.of(), ChildProcess.StopSignal.TERM, Duration.ofSeconds(5))));
        redis.awaitReady(() -> read(directory.resolve("redis.log")).contains("Ready to accept connections"), PATIENCE);
    }

    private boolean answers(RunningDeployable process, String path) {
        return status(process, path) == 200;
    }

    private int status(RunningDeployable process, String path) {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create(process.url() + path))
                                    .timeout(Duration.ofSeconds(10))
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

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }
}
