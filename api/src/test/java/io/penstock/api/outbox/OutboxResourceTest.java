package io.penstock.api.outbox;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No relay runs in this process, so that rows stay where a test puts them. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class OutboxResourceTest {

    @Inject
    Pool pool;

    private void sql(String statement) {
        pool.query(statement).execute().await().atMost(Duration.ofSeconds(10));
    }

    @BeforeEach
    void threeRefusedRows() {
        sql("TRUNCATE job_outbox, job_outbox_refused");
        sql("INSERT INTO job_outbox_refused (id, job_id, type, payload, options, format, created_at, reason)"
                + " SELECT n, 'job-' || n, 'sample.note', '{\"text\":\"x\"}', '{}', 1, now(), 'payload.ms: is wrong'"
                + " FROM generate_series(7, 9) AS n");
    }

    @Test
    void theStatusTellsLagAndNumbers() {
        sql("SELECT penstock_enqueue('sample.note', '{\"text\":\"x\"}')");

        TestKeys.viewer()
                .get("/api/outbox")
                .then()
                .statusCode(200)
                .body("unsent", equalTo(1))
                .body("deadLetters", equalTo(3))
                .body("lagMs", greaterThanOrEqualTo(0));
    }

    @Test
    void deadLettersComeInPages() {
        String next = TestKeys.viewer()
                .get("/api/outbox/dead-letters?limit=2")
                .then()
                .statusCode(200)
                .body("deadLetters", hasSize(2))
                .body("deadLetters[0].id", equalTo("7"))
                .body("deadLetters[0].jobId", equalTo("job-7"))
                .body("deadLetters[0].type", equalTo("sample.note"))
                .body("deadLetters[0].payload", equalTo("{\"text\":\"x\"}"))
                .body("deadLetters[0].reason", equalTo("payload.ms: is wrong"))
                .body("deadLetters[0].refusedAt", notNullValue())
                .extract()
                .path("nextAfter");
        TestKeys.viewer()
                .get("/api/outbox/dead-letters?limit=2&after=" + next)
                .then()
                .statusCode(200)
                .body("deadLetters", hasSize(1))
                .body("nextAfter", nullValue());
    }

    @Test
    void aRefusedRowIsRetriedOnce() {
        TestKeys.operator()
                .post("/api/outbox/dead-letters/7/retry")
                .then()
                .statusCode(202)
                .body("jobId", equalTo("job-7"));
        TestKeys.operator().post("/api/outbox/dead-letters/7/retry").then().statusCode(404);
        TestKeys.viewer().get("/api/outbox").then().body("unsent", equalTo(1)).body("deadLetters", equalTo(2));
    }

    @Test
    void aRefusedRowIsDeletedOnce() {
        TestKeys.operator().delete("/api/outbox/dead-letters/8").then().statusCode(204);
        TestKeys.operator()
                .delete("/api/outbox/dead-letters/8")
                .then()
                .statusCode(404)
                .body("code", equalTo("not-found"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "x", "99999999999999999999", "1e3"})
    void anUnknownRowIsNotFound(String id) {
        TestKeys.operator().delete("/api/outbox/dead-letters/" + id).then().statusCode(404);
        TestKeys.operator()
                .post("/api/outbox/dead-letters/" + id + "/retry")
                .then()
                .statusCode(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"after=x", "after=", "after=8", "limit=0", "limit=201", "page=2"})
    void aWrongParameterIsRefused(String query) {
        TestKeys.viewer()
                .get("/api/outbox/dead-letters?" + query)
                .then()
                .statusCode(400)
                .body("code", equalTo("invalid-parameter"));
    }
}
