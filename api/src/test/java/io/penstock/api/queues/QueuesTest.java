package io.penstock.api.queues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;

import io.penstock.api.TestKeys;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.testing.MetricsPage;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class QueuesTest {

    @Inject
    QueueGauges gauges;

    @Inject
    JobAdmin jobAdmin;

    @Test
    void everyQueueIsListed() {
        TestKeys.viewer()
                .get("/api/queues")
                .then()
                .statusCode(200)
                .body("queues.queue", hasItems("high-priority", "full-sync-chunk", "product-update", "orders"))
                .body("queues.oldestWaitMs", everyItem(greaterThanOrEqualTo(0)));
    }

    @Test
    void aQueueCountsItsJobs() {
        int before = TestKeys.viewer().get("/api/queues/product-update").path("waiting");
        TestKeys.operator()
                .contentType(ContentType.JSON)
                .body("{\"payload\":{\"text\":\"count me\"}}")
                .post("/api/jobs/sample.note")
                .then()
                .statusCode(202);

        TestKeys.viewer()
                .get("/api/queues/product-update")
                .then()
                .statusCode(200)
                .body("waiting", equalTo(before + 1))
                .body("active", equalTo(0))
                .body("paused", is(false));
    }

    @Test
    void aQueueIsPausedAndResumedAsOftenAsOneLikes() {
        TestKeys.operator()
                .post("/api/queues/orders/pause")
                .then()
                .statusCode(200)
                .body("paused", is(true));
        TestKeys.operator()
                .post("/api/queues/orders/pause")
                .then()
                .statusCode(200)
                .body("paused", is(true));
        TestKeys.viewer().get("/api/queues/orders").then().body("paused", is(true));
        TestKeys.operator()
                .post("/api/queues/orders/resume")
                .then()
                .statusCode(200)
                .body("paused", is(false));
        TestKeys.operator()
                .post("/api/queues/orders/resume")
                .then()
                .statusCode(200)
                .body("paused", is(false));
    }

    @Test
    void gaugesShowWhatTheTimerFound() throws IOException {
        TestKeys.operator().post("/api/queues/cleanup/pause").then().statusCode(200);
        jobAdmin.purge("analysis", JobAdmin.Purge.ALL).await().atMost(Duration.ofSeconds(10));
        gauges.runOnce().await().atMost(Duration.ofSeconds(10));

        String metrics = TestKeys.viewer()
                .get("/q/metrics")
                .then()
                .statusCode(200)
                .extract()
                .asString();

        assertThat(metrics)
                .contains("penstock_queue_paused{queue=\"cleanup\"} 1.0")
                .contains("penstock_queue_paused{queue=\"analysis\"} 0.0")
                .containsPattern("penstock_queue_jobs\\{queue=\"product-update\",state=\"waiting\"} \\d")
                .contains("penstock_queue_oldest_wait_seconds{queue=\"analysis\"} 0.0");
        assertThat(MetricsPage.of(Path.of("").toAbsolutePath().getParent()).faults(metrics))
                .isEmpty();
        TestKeys.operator().post("/api/queues/cleanup/resume").then().statusCode(200);
    }
}
