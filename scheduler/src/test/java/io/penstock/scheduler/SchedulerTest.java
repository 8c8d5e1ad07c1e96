package io.penstock.scheduler;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.ScheduledTaskStore;
import io.penstock.common.testing.MetricsPage;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("quarkus")
@QuarkusTest
@TestProfile(RunningScheduler.class)
@WithTestResource(ServersResource.class)
class SchedulerTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Inject
    Pool pool;

    @Inject
    ScheduledTaskStore tasks;

    @Inject
    Scheduler scheduler;

    @Test
    void bringsTheShippedSchedulesIntoTheTable() {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(column(
                        "SELECT id || ' ' || cron_expression || ' ' || time_zone || ' ' || job_type || ' ' || payload::text"
                                + " || ' ' || suspended || ' ' || (next_run IS NOT NULL) AS value FROM scheduled_task"
                                + " WHERE id LIKE 'offers-%' ORDER BY id"))
                .containsExactly(
                        "offers-conversion-merge 0 * * * * Asia/Taipei offers.conversion_merge {} false true",
                        "offers-full */2 * * * * Asia/Taipei offers.plan_next {\"pages\": 10, \"maxPages\": 120} false true",
                        "offers-high */2 * * * * Asia/Taipei offers.high_fetch {} true false"));
    }

    @Test
    void firesEverySecondCloseToIt() throws IOException {
        tasks.declare(
                        List.of(DeclaredSchedule.of(
                                "each-second",
                                "Each second",
                                "",
                                "* * * * * *",
                                "UTC",
                                "test.probe",
                                "{\"number\":1}")),
                        Set.of(),
                        Instant.now())
                .await()
                .atMost(LIMIT);
        String late = "SELECT lateness_ms::text AS value FROM task_execution_log"
                + " WHERE task_id = 'each-second' AND step = 'enqueued' ORDER BY scheduled_for";
        await().atMost(LIMIT).until(() -> column(late).size() >= 4);
        assertThat(column(late).subList(1, 4)).allMatch(ms -> Long.parseLong(ms) < 1_500);
        String metrics =
                given().get("/q/metrics").then().statusCode(200).extract().asString();
        assertThat(metrics).contains("penstock_schedule_lateness_seconds_bucket");
        assertThat(MetricsPage.of(Path.of("").toAbsolutePath().getParent()).faults(metrics))
                .isEmpty();
    }

    @Test
    void saysThatItIsAliveAndReady() {
        given().get("/q/health/live")
                .then()
                .statusCode(200)
                .body("status", equalTo("UP"))
                .body("checks.name", hasItem("scheduler tick"));
        given().get("/q/health/ready")
                .then()
                .statusCode(200)
                .body("checks.name", hasItem("Reactive PostgreSQL connections health check"))
                .body("checks.name", hasItem("Redis connection health check"));
    }

    @Test
    void ticksAgainAndAgain() {
        await().atMost(LIMIT).until(() -> sinceLastTick().compareTo(Duration.ofMillis(300)) < 0);
        await().atMost(LIMIT).until(() -> sinceLastTick().compareTo(Duration.ofMillis(600)) > 0);
        await().atMost(LIMIT).until(() -> sinceLastTick().compareTo(Duration.ofMillis(300)) < 0);
    }

    private Duration sinceLastTick() {
        return scheduler.sinceLastTurns().get("tick");
    }

    private List<String> column(String query) {
        List<String> values = new ArrayList<>();
        pool.query(query).execute().await().atMost(LIMIT).forEach(row -> values.add(row.getString("value")));
        return values;
    }
}
