package io.penstock.api.operations;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asking for bulk operations over HTTP. Nobody works them off here. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class BulkOperationsApiTest {

    private static ValidatableResponse ask(String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/bulk-operations")
                .then();
    }

    private static String start() {
        return ask("{\"action\":\"cancel\",\"filter\":{\"queue\":\"sample-reports\",\"types\":[\"none.such\"]}}")
                .statusCode(202)
                .header("Location", containsString("/api/bulk-operations/"))
                .body("state", equalTo("running"))
                .body("action", equalTo("cancel"))
                .body("filter.types", hasItem("none.such"))
                .body("frozenAt", notNullValue())
                .body("done", equalTo(0))
                .extract()
                .path("id");
    }

    @Test
    void anOperationIsStartedSeenAndAborted() {
        String id = start();

        TestKeys.viewer()
                .get("/api/bulk-operations/" + id)
                .then()
                .statusCode(200)
                .body("id", equalTo(id))
                .body("requestedBy", notNullValue());
        TestKeys.viewer().get("/api/bulk-operations").then().statusCode(200).body("operations.id", hasItem(id));
        TestKeys.operator()
                .post("/api/bulk-operations/" + id + "/abort")
                .then()
                .statusCode(200)
                .body("state", equalTo("aborted"))
                .body("finishedAt", notNullValue());
        TestKeys.operator()
                .post("/api/bulk-operations/" + id + "/abort")
                .then()
                .statusCode(409)
                .body("code", equalTo("operation-ended"));
        TestKeys.viewer().get("/api/jobs/bulk-" + id).then().statusCode(200).body("type", equalTo("operations.bulk"));
    }

    @Test
    void aDryRunCounts() {
        String tag = "dry-" + UUID.randomUUID();
        for (int i = 0; i < 3; i++) {
            TestKeys.operator()
                    .contentType(ContentType.JSON)
                    .body("{\"payload\":{\"text\":\"a\"},\"options\":{\"id\":\"%s-%d\",\"delayMs\":3600000}}"
                            .formatted(tag, i))
                    .post("/api/jobs/sample.report")
                    .then()
                    .statusCode(202);
        }

        ask("{\"action\":\"delete\",\"dryRun\":true,\"filter\":{\"allQueues\":true,\"types\":[\"sample.report\"],"
                        + "\"states\":[\"scheduled\"]}}")
                .statusCode(200)
                .body("matching", org.hamcrest.Matchers.greaterThanOrEqualTo(3))
                .body("lowerBound", is(false));
        TestKeys.viewer().get("/api/jobs/" + tag + "-0").then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}|action",
                "{\"action\":\"explode\",\"filter\":{\"queue\":\"orders\"}}|action",
                "{\"action\":\"cancel\"}|filter",
                "{\"action\":\"cancel\",\"filter\":{}}|filter.queue",
                "{\"action\":\"cancel\",\"filter\":{\"states\":[\"waiting\"]}}|filter.queue",
                "{\"action\":\"cancel\",\"filter\":{\"allQueues\":true}}|filter.allQueues",
                "{\"action\":\"cancel\",\"filter\":{\"allQueues\":true,\"queue\":\"orders\"}}|filter.allQueues",
                "{\"action\":\"cancel\",\"filter\":{\"queue\":\"orders\",\"states\":[\"gone\"]}}|filter.states",
                "{\"action\":\"cancel\",\"filter\":{\"queue\":\"orders\",\"tags\":[null]}}|filter.tags",
                "{\"action\":\"cancel\",\"filter\":{\"queue\":\"orders\",\"olderThanMs\":-5}}|filter.olderThanMs",
                "{\"action\":\"cancel\",\"filter\":{\"queue\":\"orders\",\"colour\":\"red\"}}|filter.colour",
                "{\"action\":\"cancel\",\"filter\":{\"queue\":\"orders\"},\"force\":true}|force",
                "{\"action\":\"retry\",\"filter\":{\"queue\":\"orders\"},\"children\":\"maybe\"}|children",
                "{\"action\":\"cancel\",\"filter\":{\"queue\":\"orders\"},\"children\":\"ignore\"}|children",
            })
    void aFilterThatIsNotClearIsRefused(String bodyAndField) {
        int bar = bodyAndField.lastIndexOf('|');
        ask(bodyAndField.substring(0, bar)).statusCode(400).body("field", equalTo(bodyAndField.substring(bar + 1)));
    }

    @Test
    void unknownQueuesAndOperationsAreNotFound() {
        ask("{\"action\":\"cancel\",\"filter\":{\"queue\":\"nowhere\"}}")
                .statusCode(404)
                .body("code", equalTo("unknown-queue"));
        for (String id : new String[] {"unknown", UUID.randomUUID().toString()}) {
            TestKeys.viewer().get("/api/bulk-operations/" + id).then().statusCode(404);
            TestKeys.operator()
                    .post("/api/bulk-operations/" + id + "/abort")
                    .then()
                    .statusCode(404);
        }
        TestKeys.viewer().get("/api/bulk-operations?before=yesterday").then().statusCode(400);
        TestKeys.viewer().get("/api/bulk-operations?limit=0").then().statusCode(400);
    }
}
