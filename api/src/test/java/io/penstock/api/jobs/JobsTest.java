package io.penstock.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class JobsTest {

    @Test
    void aJobIsAcceptedAndFound() {
        ValidatableResponse accepted = enqueue(
                        "{\"payload\":{\"text\":\"hello\",\"ms\":5},\"options\":{\"priority\":3}}")
                .statusCode(202)
                .body("queue", equalTo("product-update"))
                .body("added", is(true));
        String id = accepted.extract().path("jobId");
        String location = accepted.extract().header("Location");

        TestKeys.viewer()
                .get(URI.create(location).getRawPath())
                .then()
                .statusCode(200)
                .body("id", equalTo(id))
                .body("type", equalTo("sample.note"))
                .body("queue", equalTo("product-update"))
                .body("state", equalTo("waiting"))
                .body("priority", equalTo(3))
                .body("attempts", equalTo(0))
                .body("maxAttempts", equalTo(3))
                .body("payload.text", equalTo("hello"))
                .body("payload.ms", equalTo(5))
                .body("enqueuedAt", notNullValue());
    }

    @Test
    void aJobStaysInTheTraceOfTheCallThatAskedForIt() {
        String traceId = UUID.randomUUID().toString().replace("-", "");
        String id = TestKeys.operator()
                .header("traceparent", "00-" + traceId + "-00f067aa0ba902b7-01")
                .contentType(ContentType.JSON)
                .body("{\"payload\":{\"text\":\"traced\"}}")
                .post("/api/jobs/sample.note")
                .then()
                .statusCode(202)
                .extract()
                .path("jobId");

        TestKeys.viewer().get("/api/jobs/{id}", id).then().statusCode(200).body("traceId", equalTo(traceId));
    }

    @Test
    void everyOptionIsTakenAndShown() {
        String id = enqueue(
                        """
                        {"payload":{"text":"all"},"options":{"runAt":"%s","expiresAt":"%s","group":"shop-1",
                         "tenant":"acme","tags":["a","b"],"keepResultMs":60000,
                         "unique":{"key":"%s","windowMs":60000,"onConflict":"replace"}}}"""
                                .formatted(
                                        Instant.now().plusSeconds(600),
                                        Instant.now().plusSeconds(1200),
                                        UUID.randomUUID()))
                .statusCode(202)
                .extract()
                .path("jobId");

        TestKeys.viewer()
                .get("/api/jobs/{id}", id)
                .then()
                .statusCode(200)
                .body("state", equalTo("scheduled"))
                .body("dueAt", notNullValue())
                .body("group", equalTo("shop-1"))
                .body("tenant", equalTo("acme"))
                .body("tags", equalTo(List.of("a", "b")))
                .body("expiresAt", notNullValue())
                .body("version", notNullValue());
    }

    /** By every way in: alone, in bulk, in a family, edited. */
    @ParameterizedTest
    @ValueSource(strings = {"1.000000000000000001", "12345678901234567.89", "1.50", "1E+400", "-0.1"})
    void numbersArriveDigitForDigit(String amount) {
        String job = "{\"payload\":{\"amount\":" + amount + "},\"options\":{\"delayMs\":600000}}";
        String member = job.replace("{\"payload\"", "{\"type\":\"sample.price\",\"payload\"");
        String id = accepted("/api/jobs/sample.price", job, "jobId");
        List<String> ids = new ArrayList<>(List.of(id));
        ids.add(accepted("/api/jobs/sample.price/bulk", "{\"jobs\":[" + job + "]}", "jobs[0].jobId"));
        ids.add(accepted(
                "/api/jobs/family",
                "{\"parent\":" + member.replace("600000", "0") + ",\"children\":[" + member + "]}",
                "jobs[1].jobId"));
        for (String each : ids) {
            assertThat(payloadOf(each)).contains("\"amount\":" + amount + ",");
        }
        String version =
                TestKeys.viewer().get("/api/jobs/" + id).then().extract().path("version");
        TestKeys.operator()
                .contentType("application/json")
                .body("{\"version\":\"" + version + "\",\"payload\":{\"amount\":\"" + amount + "\"}}")
                .put("/api/jobs/" + id)
                .then()
                .statusCode(200);
        assertThat(payloadOf(id)).contains("\"amount\":" + amount + ",");
    }

    @Test
    void itemsThatAreGatheredBecomeOneJob() {
        String body = "{\"payload\":{\"text\":\"%s\"},\"options\":{\"group\":\"g-" + UUID.randomUUID() + "\"}}";

        String first = accepted("/api/jobs/sample.gathered", body.formatted("a"), "jobId");
        String second = accepted("/api/jobs/sample.gathered", body.formatted("b"), "jobId");

        assertThat(second).isEqualTo(first);
        TestKeys.viewer()
                .get("/api/jobs/" + first)
                .then()
                .body("state", equalTo("scheduled"))
                .body("payload.text", equalTo(List.of("a", "b")));
        accepted("/api/jobs/sample.gathered", body.formatted("c"), "jobId");
        TestKeys.viewer().get("/api/jobs/" + first).then().body("state", equalTo("waiting"));
        assertThat(accepted("/api/jobs/sample.gathered", body.formatted("d"), "jobId"))
                .isNotEqualTo(first);
    }

    /** The first answer is repeated, and nothing is added, although the item has become part of another job. */
    @Test
    void anItemThatIsGatheredIsTakenOnceWithAnIdempotencyKey() {
        String group = "g-" + UUID.randomUUID();
        String body = "{\"payload\":{\"text\":\"%s\"},\"options\":{\"group\":\"" + group + "\"}}";
        String first = accepted("/api/jobs/sample.gathered", body.formatted("a"), "jobId");
        String key = UUID.randomUUID().toString();
        for (int call = 0; call < 3; call++) {
            TestKeys.operator()
                    .contentType("application/json")
                    .header("Idempotency-Key", key)
                    .body(body.formatted("b"))
                    .post("/api/jobs/sample.gathered")
                    .then()
                    .statusCode(202)
                    .body("jobId", equalTo(first));
        }

        TestKeys.viewer().get("/api/jobs/" + first).then().body("payload.text", equalTo(List.of("a", "b")));
    }

    @ParameterizedTest
    @CsvSource({
        "id:'x', options.id",
        "delayMs:5, options.delayMs",
        "runAt:'2099-01-01T00:00:00Z', options.runAt",
        "expiresInMs:5000, options.expiresInMs",
    })
    void anItemThatIsGatheredTakesNoOptionOfAJobOfItsOwn(String option, String field) {
        String json =
                option.replace("'", "\"").replaceFirst("^(\\w+)", "\"$1\"").replace("2099", "2027");
        TestKeys.operator()
                .contentType("application/json")
                .body("{\"payload\":{\"text\":\"a\"},\"options\":{" + json + "}}")
                .post("/api/jobs/sample.gathered")
                .then()
                .statusCode(400)
                .body("field", equalTo(field));
    }

    @ParameterizedTest
    @CsvSource({"1e400, payload.factor", "1e999999999, payload.factor", "-1e400, payload.factor"})
    void aNumberThatItsFieldCannotHoldIsRefused(String factor, String field) {
        TestKeys.operator()
                .contentType("application/json")
                .body("{\"payload\":{\"amount\":1,\"factor\":" + factor + "}}")
                .post("/api/jobs/sample.price")
                .then()
                .statusCode(400)
                .body("field", equalTo(field));
    }

    private static String accepted(String address, String body, String path) {
        return TestKeys.operator()
                .contentType("application/json")
                .body(body)
                .post(address)
                .then()
                .statusCode(202)
                .extract()
                .path(path);
    }

    private static String payloadOf(String id) {
        return TestKeys.viewer()
                .get("/api/jobs/" + id)
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }

    @Test
    void aRepetitionWithItsIdempotencyKeyIsAnsweredWithTheFirstAnswer() {
        String one = "{\"payload\":{\"text\":\"once\"},\"options\":{\"delayMs\":600000}}";
        String many = "{\"jobs\":[" + one + "," + one + "]}";
        String member = one.replace("{\"payload\"", "{\"type\":\"sample.note\",\"payload\"");
        String family = "{\"parent\":" + member.replace("600000", "0") + ",\"children\":[" + member + "]}";

        for (var call : List.of(
                List.of("/api/jobs/sample.note", one, "jobId", "added"),
                List.of("/api/jobs/sample.note/bulk", many, "jobs.jobId", "jobs.added"),
                List.of("/api/jobs/family", family, "jobs.jobId", "jobs.added"))) {
            String key = UUID.randomUUID().toString();
            Object ids = keyed(call.get(0), key, call.get(1))
                    .statusCode(202)
                    .extract()
                    .path(call.get(2));
            ValidatableResponse again = keyed(call.get(0), key, call.get(1)).statusCode(202);
            assertThat(again.extract().<Object>path(call.get(2))).isEqualTo(ids);
            assertThat(again.extract().path(call.get(3)).toString())
                    .contains("false")
                    .doesNotContain("true");
            keyed(call.get(0), key, call.get(1).replace("once", "else"))
                    .statusCode(422)
                    .body("code", equalTo("idempotency-key-reused"));
        }
    }

    @Test
    void anIdempotencyKeyThatIsNoneIsRefused() {
        for (String key : List.of("a b", "x".repeat(256))) {
            keyed("/api/jobs/sample.note", key, "{\"payload\":{\"text\":\"x\"}}")
                    .statusCode(400)
                    .body("code", equalTo("invalid-parameter"))
                    .body("field", equalTo("Idempotency-Key"));
        }
    }

    private static ValidatableResponse keyed(String path, String key, String body) {
        return TestKeys.operator()
                .header("Idempotency-Key", key)
                .contentType(ContentType.JSON)
                .body(body)
                .post(path)
                .then();
    }

    @Test
    void aKeyKeepsASecondJobOut() {
        String body = "{\"payload\":{\"text\":\"%s\"},\"options\":{\"unique\":{\"key\":\"{%s}:\\n\"}}}";
        String key = UUID.randomUUID().toString();
        String first = enqueue(body.formatted("one", key))
                .body("added", is(true))
                .extract()
                .path("jobId");

        enqueue(body.formatted("two", key)).body("added", is(false)).body("jobId", equalTo(first));
    }

    @Test
    void anExplicitIdIsAddedOnce() {
        String id = "note-" + UUID.randomUUID();
        String body = "{\"payload\":{\"text\":\"once\"},\"options\":{\"id\":\"%s\"}}".formatted(id);

        enqueue(body).statusCode(202).body("jobId", equalTo(id)).body("added", is(true));
        enqueue(body).statusCode(202).body("jobId", equalTo(id)).body("added", is(false));
        TestKeys.viewer().get("/api/jobs/" + id).then().statusCode(200).body("payload.text", equalTo("once"));
    }

    @Test
    void aDelayedJobIsScheduled() {
        String id = enqueue("{\"payload\":{\"text\":\"later\"},\"options\":{\"delayMs\":3600000,\"attempts\":7}}")
                .statusCode(202)
                .extract()
                .path("jobId");

        TestKeys.viewer()
                .get("/api/jobs/{id}", id)
                .then()
                .statusCode(200)
                .body("state", equalTo("scheduled"))
                .body("dueAt", notNullValue())
                .body("maxAttempts", equalTo(7));
    }

    @Test
    void manyJobsAreAcceptedInOneStep() {
        String id = "bulk-" + UUID.randomUUID();
        String one = "{\"payload\":{\"text\":\"a\"}}";
        String named = "{\"payload\":{\"text\":\"b\"},\"options\":{\"id\":\"%s\"}}".formatted(id);

        TestKeys.operator()
                .contentType(ContentType.JSON)
                .body("{\"jobs\":[%s,%s,%s]}".formatted(one, named, one))
                .post("/api/jobs/sample.note/bulk")
                .then()
                .statusCode(202)
                .body("jobs", hasSize(3))
                .body("added", equalTo(3))
                .body("jobs.queue", everyItem(equalTo("product-update")))
                .body("jobs[1].jobId", equalTo(id));
    }

    @Test
    void aBulkCallIsAcceptedWholeOrNotAtAll() {
        String id = "bulk-" + UUID.randomUUID();
        String good = "{\"payload\":{\"text\":\"b\"},\"options\":{\"id\":\"%s\"}}".formatted(id);

        TestKeys.operator()
                .contentType(ContentType.JSON)
                .body("{\"jobs\":[%s,{\"payload\":{}}]}".formatted(good))
                .post("/api/jobs/sample.note/bulk")
                .then()
                .statusCode(400);

        TestKeys.viewer().get("/api/jobs/" + id).then().statusCode(404);
    }

    @Test
    void aParentWaitsForItsChildren() {
        String id = "parent-" + UUID.randomUUID();
        String child = "{\"type\":\"sample.note\",\"payload\":{\"text\":\"c\"}}";

        TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(
                        """
                        {"parent":{"type":"sample.note","payload":{"text":"p"},"options":{"id":"%s"}},
                         "children":[%s,%s],"onChildFailure":"continue"}"""
                                .formatted(id, child, child))
                .post("/api/jobs/family")
                .then()
                .statusCode(202)
                .body("added", equalTo(3))
                .body("jobs[0].jobId", equalTo(id));

        List<String> children = TestKeys.viewer()
                .get("/api/jobs/" + id)
                .then()
                .statusCode(200)
                .body("state", equalTo("awaiting_children"))
                .body("parentId", nullValue())
                .body("children.total", equalTo(2))
                .extract()
                .path("children.first");
        assertThat(children).hasSize(2);
        TestKeys.viewer()
                .get("/api/jobs/" + children.get(1))
                .then()
                .body("parentId", equalTo(id))
                .body("children", nullValue());
        TestKeys.operator()
                .post("/api/jobs/" + children.get(1) + "/cancel")
                .then()
                .statusCode(200);
        TestKeys.viewer()
                .get("/api/jobs/" + id + "/family")
                .then()
                .statusCode(200)
                .body("parent", nullValue())
                .body("total", equalTo(2))
                .body("children.id", equalTo(children))
                .body("children.type", everyItem(equalTo("sample.note")))
                .body("children[1].state", equalTo("cancelled"));
        TestKeys.viewer()
                .get("/api/jobs/" + children.get(1) + "/family")
                .then()
                .body("parent.id", equalTo(id))
                .body("parent.state", equalTo("awaiting_children"));
    }

    @Test
    void aParentOfManyNamesTheFirstOfItsChildren() {
        String id = "many-" + UUID.randomUUID();
        String child = "{\"type\":\"sample.note\",\"payload\":{\"text\":\"c\"},\"options\":{\"delayMs\":600000}}";
        String all = String.join(",", Collections.nCopies(30, child));
        accepted(
                "/api/jobs/family",
                "{\"parent\":" + child.replace("\"delayMs\":600000", "\"id\":\"" + id + "\"") + ",\"children\":[" + all
                        + "]}",
                "jobs[0].jobId");

        TestKeys.viewer()
                .get("/api/jobs/" + id + "/family")
                .then()
                .body("total", equalTo(30))
                .body("children", hasSize(20));
    }

    @Test
    void aFamilyNamesTheMemberThatCannotBeAccepted() {
        TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(
                        """
                        {"parent":{"type":"sample.note","payload":{"text":"p"}},
                         "children":[{"type":"sample.note","payload":{"text":"c","ms":-1}}]}""")
                .post("/api/jobs/family")
                .then()
                .statusCode(400)
                .body("detail", containsString("children[0].payload.ms"));
        TestKeys.operator()
                .contentType(ContentType.JSON)
                .body("{\"parent\":{\"type\":\"sample.note\"},\"children\":[]}")
                .post("/api/jobs/family")
                .then()
                .statusCode(400);
    }

    /** One reader is quick and knows what is usual; what it does not know is read by the other. */
    @Test
    void aBulkCallMayBeOfUnusualForm() {
        String usual = "{\"payload\":{\"amount\":1.50,\"factor\":2}}";
        String[] others = {
            "{\"options\":null,\"payload\":{\"amount\":1.50,\"factor\":2}}",
            "{\"payload\":{\"amount\":15e-1,\"factor\":2E0}}",
            "{\"payload\":{}}",
            "{}",
            "{\"payload\":null}",
            "{\"options\":{\"priority\":3},\"payload\":{\"amount\":1.50,\"factor\":2}}"
        };
        for (String other : others) {
            List<String> ids = TestKeys.operator()
                    .contentType(ContentType.JSON)
                    .body(" {\"jobs\" : [" + usual + "," + other + "]} ")
                    .post("/api/jobs/sample.price/bulk")
                    .then()
                    .statusCode(202)
                    .body("added", equalTo(2))
                    .extract()
                    .path("jobs.jobId");
            assertThat(payloadOf(ids.get(0))).contains("\"amount\":1.50,", "\"factor\":2.0");
        }
    }

    @Test
    void aThousandJobsFitInOneCall() {
        String jobs = "{\"payload\":{\"text\":\"a\"}},".repeat(999) + "{\"payload\":{\"text\":\"z\"}}";

        TestKeys.operator()
                .contentType(ContentType.JSON)
                .body("{\"jobs\":[" + jobs + "]}")
                .post("/api/jobs/sample.note/bulk")
                .then()
                .statusCode(202)
                .body("added", equalTo(1000));
    }

    @Test
    void theJobTypesAreListedWithTheirFields() {
        TestKeys.viewer()
                .get("/api/job-types")
                .then()
                .statusCode(200)
                .body("jobTypes.name", hasItem("offers.full_chunk"))
                .body("jobTypes.find { it.name == 'sample.secret' }.encrypted", is(true))
                .body("jobTypes.find { it.name == 'sample.note' }.encrypted", is(false))
                .body("jobTypes.find { it.name == 'sample.gathered' }.gather.most", is(3))
                .body("jobTypes.find { it.name == 'sample.gathered' }.gather.lingerMs", is(600_000))
                .body("jobTypes.find { it.name == 'sample.note' }.version", equalTo(1))
                .body("jobTypes.find { it.name == 'sample.note' }.queue", equalTo("product-update"))
                .body("jobTypes.find { it.name == 'sample.note' }.payload.text", equalTo("a string"))
                .body("jobTypes.find { it.name == 'sample.note' }.payload.ms", equalTo("a whole number"));
    }

    @Test
    void anIdOfAnyFormIsAnsweredCalmly() {
        for (String id :
                new String[] {"x~0~0~1-1", "product-update~0~0~1-1", "product-update~99999~9~1-1", "*", "a\u0000b", "é"
                }) {
            int status = TestKeys.viewer()
                    .urlEncodingEnabled(true)
                    .get("/api/jobs/{id}", id)
                    .statusCode();
            assertThat(status).as(id).isEqualTo(404);
        }
    }

    private static ValidatableResponse enqueue(String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/jobs/sample.note")
                .then();
    }
}
