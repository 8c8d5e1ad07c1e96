package io.penstock.api.flow;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.flow.Guard;
import io.penstock.common.flow.GuardBoard;
import io.penstock.common.flow.GuardReport;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class FlowApiTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Inject
    GuardBoard board;

    @Inject
    PermitGauges gauges;

    @Test
    void showsTheConfiguredGuards() {
        TestKeys.viewer()
                .get("/api/flow")
                .then()
                .statusCode(200)
                .body("guards.guard", hasItems("apify", "openai", "database", "offers"))
                .body("guards.find { it.guard == 'apify' }.settings.permits", equalTo(10))
                .body("guards.find { it.guard == 'apify' }.settings.timeoutMs", equalTo(30_000))
                .body("guards.find { it.guard == 'openai' }.permitsLeft", equalTo(10));
    }

    @Test
    void gaugesShowThePermitsThatTheTimerFound() {
        gauges.runOnce().await().atMost(LIMIT);

        TestKeys.viewer()
                .get("/q/metrics")
                .then()
                .statusCode(200)
                .body(containsString("penstock_guard_permits{guard=\"openai\"} 10.0"));
    }

    @Test
    void showsWhatEachProcessSeesAndTheWorstOfIt() {
        Instant now = Instant.now();
        post(new GuardReport("apify", "p1", Guard.Breaker.CLOSED, 10, 1, 0, Instant.EPOCH, Instant.EPOCH, now));
        post(new GuardReport("apify", "p2", Guard.Breaker.OPEN, 20, 15, 3, now.plusSeconds(30), Instant.EPOCH, now));
        post(new GuardReport(
                "apify", "gone", Guard.Breaker.OPEN, 1, 1, 0, Instant.EPOCH, Instant.EPOCH, now.minusSeconds(1_000)));

        TestKeys.viewer()
                .get("/api/flow")
                .then()
                .statusCode(200)
                .body("guards.find { it.guard == 'apify' }.state", equalTo("open"))
                .body("guards.find { it.guard == 'apify' }.calls", equalTo(30))
                .body("guards.find { it.guard == 'apify' }.failures", equalTo(16))
                .body("guards.find { it.guard == 'apify' }.processes", hasSize(2));
    }

    private void post(GuardReport report) {
        board.post(report).await().atMost(LIMIT);
    }

    @Test
    void forcesAndResetsAGuard() {
        act("openai/open", "{\"reason\":\"they are down for the night\"}")
                .statusCode(200)
                .body("state", equalTo("forced_open"))
                .body("forced.reason", equalTo("they are down for the night"));
        act("openai/close", "").statusCode(200).body("state", equalTo("forced_closed"));
        TestKeys.viewer()
                .get("/api/flow")
                .then()
                .body("guards.find { it.guard == 'openai' }.forced.state", equalTo("closed"));
        act("openai/reset", "{}")
                .statusCode(200)
                .body("state", equalTo("closed"))
                .body("forced", nullValue());
    }

    private static io.restassured.response.ValidatableResponse act(String what, String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/flow/" + what)
                .then();
    }

    @Test
    void refusesGuardsThatNobodyKnows() {
        for (String verb : new String[] {"open", "close", "reset"}) {
            act("opnai/" + verb, "{}")
                    .statusCode(404)
                    .body("code", equalTo("unknown-guard"))
                    .body("detail", containsString("openai"));
        }
        act("openai/open", "{\"reason\":\"" + "x".repeat(501) + "\"}")
                .statusCode(400)
                .body("field", equalTo("reason"));
        act("openai/open", "{\"why\":\"x\"}").statusCode(400);
        act("openai/explode", "{}").statusCode(greaterThanOrEqualTo(404));
        TestKeys.viewer()
                .contentType(ContentType.JSON)
                .post("/api/flow/openai/open")
                .then()
                .statusCode(403);
    }
}
