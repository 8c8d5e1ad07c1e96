package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.local.Teardown.Stage;
import io.penstock.local.feed.Mischief;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged programs on a Redis that speaks TLS alone and knows one user: one server, one behind Sentinel, a cluster; and what they say
 * where the start goes wrong.
 */
@Timeout(300)
class SecuredServersEndToEnd {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int JOBS = 20;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Keys take seconds to make, so that all tests share them. */
    @TempDir
    static Path certificates;

    @TempDir
    Path directory;

    @BeforeAll
    static void makeCertificates() {
        SecuredRedis.makeCertificates(certificates);
    }

    @Test
    void jobsRunOverTlsWithAUserOfFewRights() {
        try (Teardown teardown = new Teardown()) {
            RunServices laid = lay(teardown);
            SecuredRedis redis = new SecuredRedis(certificates, directory, laid, teardown);
            int port = redis.freePort();
            redis.startServer(port);
            RunServices services = with(laid, secured(SecuredRedis.url(port), "redis"));
            Deployment deployment = new Deployment(services, http, teardown);
            RunningDeployable api = deployment.startApi(services.ports().next());
            RunningDeployable worker = deployment.startWorker();
            RunningDeployable scheduler = deployment.startScheduler();
            List.of(api, worker, scheduler).forEach(RunningDeployable::awaitReady);

            runJobs(client(api, services));
            assertNothingWasRefused(services, "api", "worker-1", "scheduler");
        }
    }

    @Test
    void jobsRunOnAClusterOverTlsWithAUserOfFewRights() {
        try (Teardown teardown = new Teardown()) {
            RunServices laid = lay(teardown);
            Map<String, String> settings = new HashMap<>(
                    secured(new SecuredRedis(certificates, directory, laid, teardown).startCluster(), "redis"));
            settings.put("QUARKUS_REDIS_CLIENT_TYPE", "cluster");
            settings.put("PENSTOCK_QUEUE__DIAGNOSTICS__PARTITIONS", "6");
            RunServices services = with(laid, settings);
            Deployment deployment = new Deployment(services, http, teardown);
            RunningDeployable api = deployment.startApi(services.ports().next());
            RunningDeployable worker = deployment.startWorker();
            List.of(api, worker).forEach(RunningDeployable::awaitReady);

            runJobs(client(api, services));
            assertNothingWasRefused(services, "api", "worker-1");
        }
    }

    @Test
    void jobsRunBehindSentinelOverTlsAndGoOnWithTheReplicaWhenTheMasterDies() {
        try (Teardown teardown = new Teardown()) {
            RunServices laid = lay(teardown);
            SecuredRedis.Sentinel sentinel =
                    new SecuredRedis(certificates, directory, laid, teardown).startBehindSentinel();
            Map<String, String> settings = new HashMap<>(secured(SecuredRedis.url(sentinel.port()), "redis"));
            settings.put("QUARKUS_REDIS_CLIENT_TYPE", "sentinel");
            settings.put("QUARKUS_REDIS_MASTER_NAME", "mymaster");
            RunServices services = with(laid, settings);
            Deployment deployment = new Deployment(services, http, teardown);
            RunningDeployable api = deployment.startApi(services.ports().next());
            RunningDeployable worker = deployment.startWorker();
            List.of(api, worker).forEach(RunningDeployable::awaitReady);
            LocalApi client = client(api, services);
            runJobs(client);

            sentinel.master().kill();

            await().atMost(PATIENCE.multipliedBy(2))
                    .ignoreExceptionsInstanceOf(LocalApi.ApiUnavailableException.class)
                    .until(() -> enqueue(client).status() / 100 == 2);
            runJobs(client);
            assertNothingWasRefused(services, "api", "worker-1");
        }
    }

    private LocalApi client(RunningDeployable api, RunServices services) {
        return new LocalApi(api.url(), services.secrets(), http);
    }

    private static LocalApi.Answer enqueue(LocalApi client) {
        return client.post("/api/jobs/diagnostics.ping", "{\"payload\":{}}");
    }

    private static void runJobs(LocalApi client) {
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            JsonNode answer = enqueue(client).body();
            jobs.add(answer.path("jobId").asText());
        }
        await().atMost(PATIENCE).until(() -> jobs.stream()
                .allMatch(job ->
                        client.get("/api/jobs/" + job).path("state").asText().equals("completed")));
    }

    private static void assertNothingWasRefused(RunServices services, String... processes) {
        for (String process : processes) {
            assertThat(Logs.read(services.files().logs().resolve(process + ".log")))
                    .as(process)
                    .doesNotContain("NOPERM", "NOAUTH", "WRONGPASS", SecuredRedis.PASSWORD);
        }
    }

    @Test
    void whatIsWrongAtTheStartIsSaidInOneLineAndMendedWhenItCanBe() {
        try (Teardown teardown = new Teardown()) {
            RunServices laid = lay(teardown);
            SecuredRedis redis = new SecuredRedis(certificates, directory, laid, teardown);
            int port = redis.freePort();
            String url = SecuredRedis.url(port);
            Deployment foreign = new Deployment(with(laid, secured(url, "other")), http, teardown);
            RunningDeployable untrusting = foreign.startWorker();
            RunningDeployable early =
                    new Deployment(aside(laid, secured(url, "redis"), teardown), http, teardown).startScheduler();
            await().atMost(PATIENCE)
                    .until(() -> answers(untrusting, "/q/health/live") && answers(early, "/q/health/live"));
            assertThat(status(early, "/q/health/ready")).as("Redis is away").isEqualTo(503);

            redis.startServer(port);

            early.awaitReady();
            Path log = laid.files().logs().resolve("worker-1.log");
            await().atMost(PATIENCE).until(() -> Logs.read(log).contains("trust anchors"));
            assertThat(status(untrusting, "/q/health/ready")).isEqualTo(503);
            assertThat(status(untrusting, "/q/health/live"))
                    .as("a restart would not help")
                    .isEqualTo(200);
            assertThat(Logs.read(log)).doesNotContain("\tat ", SecuredRedis.PASSWORD);
        }
    }

    private static RunServices lay(Teardown teardown) {
        return RunServices.lay(
                new Options(true, 1, null, Map.of("REDIS_URL", "own")),
                Installation.current(),
                Mischief.Plan.none(),
                teardown);
    }

    private Map<String, String> secured(String url, String authority) {
        Map<String, String> settings = new HashMap<>(SecuredRedis.trusting(certificates, authority));
        settings.put("REDIS_URL", url);
        return settings;
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
}
