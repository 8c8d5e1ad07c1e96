package io.penstock.api.pools;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.penstock.api.TestKeys;
import io.penstock.common.alert.Alerts;
import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pools and the report on the system, as callers see them. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class PoolsApiTest {

    @Inject
    Alerts alerts;

    @Test
    void thePoolsAreShownWithTheirHealth() {
        TestKeys.viewer()
                .get("/api/pools")
                .then()
                .statusCode(200)
                .body("pools.state.pool", contains("write", "read", "analytics"))
                .body("pools.health", everyItem(is(not("critical"))))
                .body("pools.state.size", contains(16, 8, 2));
    }

    @Test
    void theReportTellsOfHealthAlertsAndTrends() {
        Finding hostile = Finding.wrong("test/report", Severity.WARNING, "<script>alert(1)</script>");
        alerts.report(List.of(hostile)).await().atMost(Duration.ofSeconds(20));

        TestKeys.viewer()
                .get("/api/reports/system")
                .then()
                .statusCode(200)
                .body("summary.alertsOpen", not(equalTo(0)))
                .body("health.part", hasItem("template-engine"))
                .body("health.find { it.part == 'template-engine' }.status", equalTo("up"))
                .body("alerts.subject", hasItem("test/report"))
                .body("trends.name", hasItems("jobs completed", "pool use", "answer time"))
                .body("performance.queuesAndCaches.version", equalTo(1));
        TestKeys.viewer()
                .accept("text/html")
                .get("/api/reports/system")
                .then()
                .statusCode(200)
                .header("Content-Security-Policy", containsString("default-src 'none'"))
                .body(containsString("&lt;script&gt;alert(1)"))
                .body(not(containsString("<script>")));
        alerts.report(List.of(Finding.well("test/report", "over"))).await().atMost(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from=yesterday",
                "from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z",
                "from=2026-11-01T00:00:00Z&to=2026-11-20T00:00:00Z",
                "from=-999999999-01-01T00:00:00Z",
                "until=now"
            })
    void aRangeThatCannotBeReportedOnIsRefused(String range) {
        TestKeys.viewer()
                .get("/api/reports/system?" + range)
                .then()
                .statusCode(400)
                .body("code", equalTo("invalid-parameter"));
    }

    @Test
    void aRangeOfThePastIsReportedOn() {
        Instant to = Instant.now().minus(Duration.ofDays(3));
        TestKeys.viewer()
                .get("/api/reports/system?from=" + to.minus(Duration.ofDays(7)) + "&to=" + to)
                .then()
                .statusCode(200)
                .body("summary.jobsCompleted", equalTo(0));
    }
}
