package io.penstock.worker.observe;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.diagnostics.Ping;
import io.penstock.common.diagnostics.Sleep;
import io.penstock.common.flow.Guards;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.testing.MetricsPage;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class WorkerMetricsTest {

    @Inject
    JobEnqueuer enqueuer;

    @Inject
    Guards guards;

    @Inject
    Pool database;

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }

    private static String scrape() {
        return given().get("/q/metrics").then().statusCode(200).extract().asString();
    }

    @Test
    void whatAWorkerShowsIsAsThePageSays() throws IOException {
        get(guards.named("offers").call(() -> Uni.createFrom().item("answered")));
        // The time that callers wait for a connection is shown once somebody asked for one.
        get(database.query("SELECT 1").execute());
        get(enqueuer.enqueue(DiagnosticsJobs.PING, new Ping()));
        String completed =
                "penstock_jobs_run_seconds_count{outcome=\"completed\",queue=\"diagnostics\",type=\"diagnostics.ping\"}";
        await().until(() -> scrape().contains(completed));

        String metrics = scrape();

        MetricsPage page = MetricsPage.of(Path.of("").toAbsolutePath().getParent());
        assertThat(page.faults(metrics)).isEmpty();
        assertThat(page.missingOfOthers(metrics)).isEmpty();
        assertThat(metrics)
                .contains("penstock_jobs_run_seconds_bucket{outcome=\"completed\",queue=\"diagnostics\","
                        + "type=\"diagnostics.ping\",le=\"3600.0\"}")
                .contains("penstock_guard_state{guard=\"offers\",state=\"closed\"} 1.0")
                .contains("penstock_guard_state{guard=\"offers\",state=\"open\"} 0.0")
                .containsPattern("penstock_guard_calls_total\\{guard=\"offers\"} [1-9]")
                .contains("penstock_worker_slots{queue=\"diagnostics\"} 20.0")
                .containsPattern("penstock_worker_lease_duration_seconds\\{queue=\"diagnostics\"} [1-9]")
                .containsPattern("penstock_jobs_fenced_total\\{queue=\"cleanup\"} \\d")
                .containsPattern("penstock_jobs_rescued_total\\{queue=\"cleanup\",result=\"dead\"} \\d")
                .contains("penstock_redis_reconnects_total")
                .contains("penstock_redis_connect_failures_total");
    }

    @Test
    void aRunningJobIsCountedAndItsLeaseHasAnAge() {
        get(enqueuer.enqueue(DiagnosticsJobs.SLEEP, new Sleep(1_500)));

        await().pollInterval(Duration.ofMillis(50)).untilAsserted(() -> assertThat(scrape())
                .containsPattern("penstock_worker_running\\{queue=\"diagnostics\"} [1-9]")
                .containsPattern("penstock_worker_lease_age_seconds\\{queue=\"diagnostics\"} (0\\.\\d*[1-9]|[1-9])"));
        await().untilAsserted(() -> assertThat(scrape())
                .contains("penstock_worker_running{queue=\"diagnostics\"} 0.0")
                .contains("penstock_worker_lease_age_seconds{queue=\"diagnostics\"} 0.0"));
    }
}
