package io.penstock.api.offers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.blankOrNullString;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing works off the jobs here, so whatever was triggered goes on waiting. Each test has pages of its own. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class CronTest {

    @Test
    void theHighPriorityFetchIsTriggeredOnce() {
        trigger("fetchByPriority=HIGH");

        trigger("fetchByPriority=HIGH")
                .statusCode(200)
                .body("queued", is(false))
                .body("queue", equalTo("high-priority"))
                .body("jobId", equalTo("offers-high"))
                .body("message", containsString("already"));
        TestKeys.viewer()
                .get("/api/jobs/offers-high")
                .then()
                .statusCode(200)
                .body("type", equalTo("offers.high_fetch"))
                .body("state", equalTo("waiting"));
    }

    @Test
    void aSweepIsCutIntoChunksAndTriggeredOnce() {
        String batchId = trigger("maxPages=15&concurrency=10&status=Active")
                .statusCode(200)
                .body("queued", is(true))
                .body("queue", equalTo("full-sync-chunk"))
                .body("chunks", equalTo(2))
                .body("jobIds", contains("full-1-10", "full-11-15"))
                .body("batchId", not(blankOrNullString()))
                .body("message", nullValue())
                .body("jobId", nullValue())
                .extract()
                .path("batchId");
        int waiting = TestKeys.viewer().get("/api/queues/full-sync-chunk").path("waiting");

        trigger("maxPages=15&concurrency=10&status=Active")
                .statusCode(200)
                .body("queued", is(false))
                .body("chunks", equalTo(2))
                .body("jobIds", contains("full-1-10", "full-11-15"))
                .body("batchId", equalTo(batchId))
                .body("message", containsString("already wait or run"));
        assertThat(TestKeys.viewer().get("/api/queues/full-sync-chunk").<Integer>path("waiting"))
                .isLessThanOrEqualTo(waiting);
        TestKeys.viewer()
                .get("/api/offers/sweeps/" + batchId)
                .then()
                .statusCode(200)
                .body("batchId", equalTo(batchId))
                .body("state", equalTo("RUNNING"))
                .body("pagesExpected", equalTo(15))
                .body("pagesDone", equalTo(0))
                .body("chunks", equalTo(2));
    }

    @Test
    void postDoesWhatGetDoes() {
        TestKeys.with(TestKeys.CRON)
                .post("/api/cron?maxPages=10&startPage=41")
                .then()
                .statusCode(200)
                .body("queued", is(true))
                .body("jobIds", contains("full-41-50"));
        trigger("maxPages=10&startPage=41").body("queued", is(false)).body("jobIds", contains("full-41-50"));
    }

    @Test
    void whatIsThereAlreadyIsSaid() {
        trigger("maxPages=10&startPage=61").body("queued", is(true));

        trigger("maxPages=20&startPage=61")
                .body("queued", is(true))
                .body("jobIds", contains("full-61-70", "full-71-80"))
                .body("message", containsString("1 of 2 chunks already"));
    }

    @Test
    void theOperatorsKeyWorksToo() {
        TestKeys.operator().get("/api/cron?maxPages=1&startPage=120").then().statusCode(200);
        TestKeys.viewer().get("/api/cron?maxPages=1&startPage=120").then().statusCode(403);
    }

    @ParameterizedTest
    @CsvSource({
        "maxPages=abc, maxPages, 1 to 120",
        "maxPages=0, maxPages, 1 to 120",
        "maxPages=-1, maxPages, 1 to 120",
        "maxPages=1000000000, maxPages, 1 to 120",
        "maxPages=%31%30%30%30, maxPages, 1 to 120",
        "maxPages=5&concurrency=x, concurrency, 1 to 20",
        "maxPages=5&startPage=118, maxPages, at most 120",
        "maxPages=5&maxPages=5, maxPages, 2 times",
        "maxPages=5&status=Gone, status, 'Active, Paused, Blocked, Unknown'",
        "pages=5, pages, unknown parameter pages",
        "fetchByPriority=LOW, fetchByPriority, HIGH",
        "fetchByPriority=HIGH&status=Active, status, together",
        "'', maxPages, fetchByPriority=HIGH",
    })
    void anythingElseIsRefusedWithWhatIsAllowed(String query, String field, String allowed) {
        for (String method : new String[] {"GET", "POST"}) {
            TestKeys.with(TestKeys.CRON)
                    .urlEncodingEnabled(false)
                    .request(method, query.isEmpty() ? "/api/cron" : "/api/cron?" + query)
                    .then()
                    .statusCode(400)
                    .contentType("application/problem+json")
                    .body("code", equalTo("invalid-parameter"))
                    .body("field", equalTo(field))
                    .body("detail", containsString(allowed));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH"})
    void otherMethodsAreRefused(String method) {
        TestKeys.with(TestKeys.CRON)
                .request(method, "/api/cron")
                .then()
                .statusCode(405)
                .body("code", equalTo("method-not-allowed"));
    }

    private static ValidatableResponse trigger(String query) {
        return TestKeys.with(TestKeys.CRON).get("/api/cron?" + query).then();
    }
}
