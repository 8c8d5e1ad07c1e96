package io.penstock.api.alerts;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.penstock.api.TestKeys;
import io.penstock.common.alert.Alerts;
import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class AlertsTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Inject
    Alerts alerts;

    @Inject
    Pool pool;

    @BeforeEach
    void empty() {
        pool.query("TRUNCATE alert, alert_notice").execute().await().atMost(LIMIT);
    }

    @Test
    void whatIsWrongIsShownAndWhatWasOnRequest() {
        TestKeys.viewer().get("/api/alerts").then().statusCode(200).body("alerts", hasSize(0));
        report(Finding.wrong("queue/orders/waiting", Severity.WARNING, "too full"));
        report(Finding.wrong("health/redis", Severity.CRITICAL, "does not answer"));
        report(Finding.well("queue/orders/waiting", "empty enough"));
        TestKeys.viewer()
                .get("/api/alerts")
                .then()
                .body("alerts.subject", contains("health/redis"))
                .body("alerts[0].severity", equalTo("critical"))
                .body("alerts[0].state", equalTo("raised"))
                .body("alerts[0].summary", equalTo("does not answer"))
                .body("alerts[0].timesRaised", equalTo(1));
        TestKeys.viewer()
                .get("/api/alerts?state=recovered")
                .then()
                .body("alerts.subject", contains("queue/orders/waiting"));
        TestKeys.viewer()
                .get("/api/alerts?state=all&limit=1")
                .then()
                .body("alerts.subject", contains("queue/orders/waiting"));
    }

    @Test
    void parametersAreChecked() {
        TestKeys.viewer().get("/api/alerts?state=loud").then().statusCode(400).body("field", equalTo("state"));
        TestKeys.viewer().get("/api/alerts?limit=501").then().statusCode(400).body("field", equalTo("limit"));
        TestKeys.viewer().get("/api/alerts?other=1").then().statusCode(400).body("field", equalTo("other"));
        given().get("/api/alerts").then().statusCode(401);
    }

    private void report(Finding finding) {
        alerts.report(List.of(finding)).await().atMost(LIMIT);
    }
}
