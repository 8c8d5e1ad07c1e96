package io.penstock.api.maintenance;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.penstock.api.TestKeys;
import io.penstock.common.maintenance.HealthReport;
import io.penstock.common.maintenance.HealthReport.Part;
import io.penstock.common.maintenance.HealthReport.Status;
import io.penstock.common.maintenance.HealthReportStore;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class HealthChecksTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @Inject
    HealthReportStore reports;

    @Inject
    Pool pool;

    @BeforeEach
    void empty() {
        pool.query("TRUNCATE health_check").execute().await().atMost(LIMIT);
    }

    @Test
    void resultsAreShownLatestFirst() {
        save(NOON, new Part("postgresql", Status.UP, "", 2), new Part("redis", Status.DOWN, "does not answer", 5_000));
        save(NOON.plusSeconds(300), new Part("postgresql", Status.UP, "", 2));
        TestKeys.viewer()
                .get("/api/health-checks")
                .then()
                .statusCode(200)
                .body("checks.status", contains("up", "down"))
                .body("checks[1].checkedAt", equalTo("2026-11-22T12:00:00Z"))
                .body("checks[1].parts.name", contains("postgresql", "redis"))
                .body("checks[1].parts[1].detail", equalTo("does not answer"))
                .body("checks[1].parts[1].millis", equalTo(5_000));
        TestKeys.viewer().get("/api/health-checks?limit=1").then().body("checks", hasSize(1));
        TestKeys.viewer()
                .get("/api/health-checks?before=2026-11-22T12:01:00Z")
                .then()
                .body("checks.status", contains("down"));
    }

    @Test
    void parametersAreChecked() {
        for (String bad : List.of("before=yesterday", "before=-1000000000-01-01T00:00:00Z")) {
            TestKeys.viewer()
                    .get("/api/health-checks?" + bad)
                    .then()
                    .statusCode(400)
                    .body("field", equalTo("before"));
        }
        TestKeys.viewer()
                .get("/api/health-checks?limit=0")
                .then()
                .statusCode(400)
                .body("field", equalTo("limit"));
        given().get("/api/health-checks").then().statusCode(401);
    }

    private void save(Instant at, Part... parts) {
        reports.save(new HealthReport(at, List.of(parts), Map.of("orders", 1L)))
                .await()
                .atMost(LIMIT);
    }
}
