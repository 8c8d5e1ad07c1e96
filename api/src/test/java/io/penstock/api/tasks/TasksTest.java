package io.penstock.api.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.penstock.api.TestKeys;
import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.ScheduledTaskStore;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class TasksTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Inject
    Pool pool;

    @Inject
    ScheduledTaskStore tasks;

    @BeforeEach
    void empty() {
        sql("TRUNCATE scheduled_task, task_execution_log");
    }

    @Test
    void aScheduleIsDefinedAndShown() {
        create("nightly", "30 2 * * SUNL")
                .statusCode(201)
                .header("Location", containsString("/api/tasks/nightly"))
                .body("status", equalTo("success"))
                .body("data.id", equalTo("nightly"))
                .body("data.schedule", equalTo("At 02:30, on the last Sunday of the month"))
                .body("data.timeZone", equalTo("Asia/Taipei"))
                .body("data.payload.text", equalTo("hello"))
                .body("data.misfirePolicy", equalTo("fire_once"))
                .body("data.overlapPolicy", equalTo("allow"))
                .body("data.isActive", is(true))
                .body("data.declared", is(false))
                .body("data.nextRun", nullValue());
        TestKeys.viewer().get("/api/tasks/nightly").then().statusCode(200).body("data.name", equalTo("Name"));
        TestKeys.viewer().get("/api/tasks").then().statusCode(200).body("data.id", contains("nightly"));
    }

    @Test
    void schedulesAreListedAPageAtATime() {
        for (String id : List.of("c", "a", "b")) {
            create(id, "@daily").statusCode(201);
        }
        TestKeys.viewer().get("/api/tasks?limit=2").then().body("data.id", contains("a", "b"));
        TestKeys.viewer().get("/api/tasks?limit=2&after=b").then().body("data.id", contains("c"));
        TestKeys.viewer()
                .get("/api/tasks?limit=0")
                .then()
                .statusCode(400)
                .body("status", equalTo("failed"))
                .body("message", containsString("1 to 500"));
    }

    @Test
    void twoSchedulesNeverShareAnId() {
        create("once", "@daily").statusCode(201);
        create("once", "@hourly")
                .statusCode(409)
                .body("status", equalTo("failed"))
                .body("message", containsString("taken"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "cronExpression | 0 0 31 2 *         | cronExpression | never matches",
                "cronExpression | 70 * * * * *       | cronExpression | character 1: 70 is outside 0 to 59 in the second",
                "cronExpression | 0 0 * * * * *      | cronExpression | has 7 fields",
                "cronExpression | @every 0s          | cronExpression | the period must be between",
                "timeZone       | Mars/Olympus       | timeZone       | unknown time zone",
                "jobType        | no.such            | jobType        | unknown job type",
                "id             | Not A Slug         | id             | lower case letters",
                "misfirePolicy  | never              | misfirePolicy  | must be fire_once, fire_all or skip",
                "overlapPolicy  | never              | overlapPolicy  | must be skip, queue or allow",
                "queue          | no-such            | queue          | no queue is named"
            })
    void badDefinitionsAreRefusedWithTheReason(String field, String value, String blamed, String reason) {
        Map<String, Object> body = new HashMap<>(definition("bad", "@daily"));
        body.put(field, value);
        json(TestKeys.admin())
                .body(body)
                .post("/api/tasks")
                .then()
                .statusCode(400)
                .body("status", equalTo("failed"))
                .body("field", equalTo(blamed))
                .body("message", containsString(reason));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "0 0 31 2 *   | UTC          | cronExpression | never matches",
                "60 * * * * * | UTC          | cronExpression | character 1: 60 is outside 0 to 59 in the second",
                "@daily       | Mars/Olympus | timeZone       | unknown time zone"
            })
    void badExpressionsAreRefusedByPreviewAndByEdit(String expression, String zone, String blamed, String reason) {
        create("good", "@daily").statusCode(201);
        json(TestKeys.viewer())
                .body(Map.of("cronExpression", expression, "timeZone", zone))
                .post("/api/tasks/preview")
                .then()
                .statusCode(400)
                .body("field", equalTo(blamed))
                .body("message", containsString(reason));
        Map<String, Object> edit = new HashMap<>(definition(null, expression));
        edit.put("timeZone", zone);
        json(TestKeys.admin())
                .body(edit)
                .put("/api/tasks/good")
                .then()
                .statusCode(400)
                .body("field", equalTo(blamed))
                .body("message", containsString(reason));
        TestKeys.viewer().get("/api/tasks/good").then().body("data.cronExpression", equalTo("@daily"));
    }

    @Test
    void tenKilobytesOfTextAreRefusedWhereverTheyStand() {
        String tenKilobytes = "x".repeat(10_240);
        for (String field : List.of("id", "name", "description", "cronExpression", "timeZone", "jobType", "queue")) {
            Map<String, Object> body = new HashMap<>(definition("bad", "@daily"));
            body.put(field, tenKilobytes);
            json(TestKeys.admin())
                    .body(body)
                    .post("/api/tasks")
                    .then()
                    .statusCode(400)
                    .body("status", equalTo("failed"))
                    .body("field", equalTo(field));
        }
        json(TestKeys.viewer())
                .body(Map.of("cronExpression", tenKilobytes))
                .post("/api/tasks/preview")
                .then()
                .statusCode(400)
                .body("field", equalTo("cronExpression"));
        TestKeys.viewer().get("/api/tasks/" + tenKilobytes).then().statusCode(414);
        assertThat(count("SELECT count(*) FROM scheduled_task")).isZero();
    }

    @Test
    void aBadRowInTheTableIsShownWithItsErrorBesideTheOthers() {
        create("good", "@daily").statusCode(201);
        create("bad", "@daily").statusCode(201);
        sql(
                "UPDATE scheduled_task SET cron_expression = 'nonsense', definition_error = 'has 1 fields' WHERE id = 'bad'");
        TestKeys.viewer()
                .get("/api/tasks")
                .then()
                .statusCode(200)
                .body("data.id", contains("bad", "good"))
                .body("data[0].error", equalTo("has 1 fields"))
                .body("data[0].schedule", nullValue());
        json(TestKeys.admin())
                .body(definition(null, "@hourly"))
                .put("/api/tasks/bad")
                .then()
                .statusCode(200)
                .body("data.error", nullValue());
    }

    @Test
    void payloadsAndSizesAreChecked() {
        Map<String, Object> body = new HashMap<>(definition("bad", "@daily"));
        body.put("payload", Map.of("text", "x", "unknown", 1));
        json(TestKeys.admin())
                .body(body)
                .post("/api/tasks")
                .then()
                .statusCode(400)
                .body("field", startsWith("payload"));
        body.put("payload", List.of(1));
        json(TestKeys.admin())
                .body(body)
                .post("/api/tasks")
                .then()
                .statusCode(400)
                .body("field", equalTo("payload"));
        body.put("payload", Map.of("text", "a\0b"));
        json(TestKeys.admin())
                .body(body)
                .post("/api/tasks")
                .then()
                .statusCode(400)
                .body("field", equalTo("payload"));
        create("long", "*,".repeat(5_000) + "* * * * *").statusCode(400).body("message", containsString("at most 200"));
        TestKeys.viewer().get("/api/tasks/%00").then().statusCode(404);
        TestKeys.viewer().get("/api/tasks/none").then().statusCode(404).body("status", equalTo("failed"));
    }

    @Test
    void editsReplaceTheDefinitionAndPlanAnew() {
        create("a", "@daily").statusCode(201);
        sql("UPDATE scheduled_task SET next_run = now()");
        json(TestKeys.admin())
                .body(Map.of(
                        "name",
                        "Other",
                        "cronExpression",
                        "@hourly",
                        "jobType",
                        "sample.note",
                        "payload",
                        Map.of("text", "x"),
                        "version",
                        1))
                .put("/api/tasks/a")
                .then()
                .statusCode(200)
                .body("data.name", equalTo("Other"))
                .body("data.nextRun", nullValue())
                .body("data.version", equalTo(2));
        json(TestKeys.admin())
                .body(Map.of(
                        "name",
                        "Late",
                        "cronExpression",
                        "@hourly",
                        "jobType",
                        "sample.note",
                        "payload",
                        Map.of("text", "x"),
                        "version",
                        1))
                .put("/api/tasks/a")
                .then()
                .statusCode(409)
                .body("message", containsString("its version is now 2"));
    }

    @Test
    void aSwitchClearsTheNextRun() {
        create("a", "@daily").statusCode(201);
        sql("UPDATE scheduled_task SET next_run = now()");
        toggle("a", false).statusCode(200).body("data.isActive", is(false)).body("data.nextRun", nullValue());
        toggle("a", false).statusCode(200).body("data.version", equalTo(2));
        toggle("a", true).statusCode(200).body("data.isActive", is(true)).body("data.version", equalTo(3));
        json(TestKeys.admin())
                .body("{}")
                .put("/api/tasks/a/toggle")
                .then()
                .statusCode(400)
                .body("field", equalTo("isActive"));
    }

    @Test
    void aManualRunIsClaimedForTheNextTick() {
        create("a", "@daily").statusCode(201);
        String jobId = TestKeys.admin()
                .post("/api/tasks/a/execute")
                .then()
                .statusCode(202)
                .extract()
                .path("data.jobId");
        assertThat(jobId).startsWith("a_run-");
        TestKeys.viewer()
                .get("/api/tasks/a/executions")
                .then()
                .statusCode(200)
                .body("data.trigger", contains("manual"))
                .body("data.status", contains("running"));
        TestKeys.viewer()
                .get("/api/tasks/a")
                .then()
                .body("data.executionCount", is(1))
                .body("data.lastRun", notNullValue());
        assertThat(
                        count(
                                "SELECT count(*) FROM task_execution_log WHERE step = 'claimed' AND attend_at <= clock_timestamp()"))
                .isEqualTo(1);
    }

    @Test
    void aManualRunIsStartedOnceUnderOneKey() {
        create("a", "@daily").statusCode(201);
        create("b", "@daily").statusCode(201);

        String jobId = execute("a", "click-1")
                .statusCode(202)
                .body("data.added", is(true))
                .extract()
                .path("data.jobId");
        execute("a", "click-1").statusCode(202).body("data.added", is(false)).body("data.jobId", equalTo(jobId));
        execute("b", "click-1").statusCode(422).body("status", equalTo("failed"));
        execute("a", "two words").statusCode(400).body("field", equalTo("Idempotency-Key"));
        execute("unknown", "click-2").statusCode(404);

        TestKeys.viewer().get("/api/tasks/a").then().body("data.executionCount", is(1));
        assertThat(count("SELECT count(*) FROM task_execution_log")).isEqualTo(1);
    }

    private static ValidatableResponse execute(String id, String key) {
        return TestKeys.admin()
                .header("Idempotency-Key", key)
                .post("/api/tasks/" + id + "/execute")
                .then();
    }

    @Test
    void anOverrideOfTheCodesScheduleCanBeReset() {
        declare("shipped", "@hourly");
        json(TestKeys.admin())
                .body(definition(null, "@daily"))
                .put("/api/tasks/shipped")
                .then()
                .statusCode(200)
                .body("data.overridden", is(true))
                .body("data.declaration.cronExpression", equalTo("@hourly"))
                .body("data.cronExpression", equalTo("@daily"));
        declare("shipped", "@weekly");
        TestKeys.viewer()
                .get("/api/tasks/shipped")
                .then()
                .body("data.cronExpression", equalTo("@daily"))
                .body("data.declaration.cronExpression", equalTo("@weekly"))
                .body("data.declaration.misfirePolicy", equalTo("fire_once"));
        TestKeys.admin()
                .post("/api/tasks/shipped/reset")
                .then()
                .statusCode(200)
                .body("data.overridden", is(false))
                .body("data.declaration", nullValue())
                .body("data.cronExpression", equalTo("@weekly"));
    }

    @Test
    void aDeletedScheduleOfTheCodeStaysAwayUntilReset() {
        declare("shipped", "@hourly");
        TestKeys.admin()
                .delete("/api/tasks/shipped")
                .then()
                .statusCode(200)
                .body(
                        "message",
                        equalTo("schedule 'shipped' is deleted; POST /api/tasks/shipped/reset brings it back"));
        declare("shipped", "@weekly");
        TestKeys.viewer().get("/api/tasks/shipped").then().statusCode(404);
        TestKeys.admin().delete("/api/tasks/shipped").then().statusCode(404);
        TestKeys.admin()
                .post("/api/tasks/shipped/reset")
                .then()
                .statusCode(200)
                .body("data.cronExpression", equalTo("@weekly"));
    }

    @Test
    void anOperatorsScheduleIsDeletedForGood() {
        create("mine", "@daily").statusCode(201);
        TestKeys.admin()
                .delete("/api/tasks/mine")
                .then()
                .statusCode(200)
                .body("message", equalTo("schedule 'mine' is deleted"));
        assertThat(count("SELECT count(*) FROM scheduled_task")).isZero();
        TestKeys.admin().post("/api/tasks/mine/reset").then().statusCode(404);
        create("mine", "@daily").statusCode(201);
        TestKeys.admin().post("/api/tasks/mine/reset").then().statusCode(409);
    }

    @Test
    void previewsTellInstantsAndWords() {
        json(TestKeys.viewer())
                .body("{\"cronExpression\":\"30 2 * * SUNL\",\"timeZone\":\"Europe/Berlin\","
                        + "\"from\":\"2027-03-01T00:00:00Z\",\"count\":2}")
                .post("/api/tasks/preview")
                .then()
                .statusCode(200)
                .body("data.description", equalTo("At 02:30, on the last Sunday of the month"))
                .body("data.instants.utc", contains("2027-03-28T01:00:00Z", "2027-04-25T00:30:00Z"))
                .body("data.instants.local", contains("2027-03-28T03:00:00+02:00", "2027-04-25T02:30:00+02:00"));
        json(TestKeys.viewer())
                .body("{\"cronExpression\":\"0 0 * * 1#6\"}")
                .post("/api/tasks/preview")
                .then()
                .statusCode(400)
                .body("position", equalTo(11))
                .body("message", containsString("#6 is outside #1 to #5"));
        json(TestKeys.viewer())
                .body("{\"cronExpression\":\"@daily\",\"count\":101}")
                .post("/api/tasks/preview")
                .then()
                .statusCode(400)
                .body("field", equalTo("count"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT | /api/tasks/a/toggle | application/json | {\"isActive\":\"no\"} | 400 | isActive",
                "PUT | /api/tasks/a/toggle | application/json | {\"isActive\":1} | 400 | isActive",
                "PUT | /api/tasks/a/toggle | application/json | {\"active\":true} | 400 | active",
                "PUT | /api/tasks/a/toggle | application/json | {\"isActive\": | 400 | JSON",
                "PUT | /api/tasks/a/toggle | application/json | [] | 400 | body",
                "PUT | /api/tasks/a/toggle | text/plain | no | 415 | application/json",
                "POST | /api/tasks | application/json | {\"id\":7} | 400 | id",
                "POST | /api/tasks/preview | application/json | {\"count\":\"many\"} | 400 | count",
                "PATCH | /api/tasks/a | application/json | {} | 405 | method",
                "GET | /api/tasks?limit=none | application/json | {} | 400 | limit",
                "GET | /api/tasks/a/nowhere | application/json | {} | 404 | address"
            })
    void whateverIsRefusedKeepsTheEnvelope(
            String method, String path, String type, String body, int status, String reason) {
        create("a", "@daily").statusCode(201);

        TestKeys.admin()
                .contentType(type)
                .body(body)
                .request(method, path)
                .then()
                .statusCode(status)
                .contentType(startsWith("application/json"))
                .body("status", equalTo("failed"))
                .body("message", containsString(reason));
    }

    @Test
    void callersWithoutAKeyGetTheEnvelopeToo() {
        RestAssured.given()
                .get("/api/tasks")
                .then()
                .statusCode(401)
                .body("status", equalTo("failed"))
                .body("message", containsString("key"));
    }

    @Test
    void previewsAndSchedulesTellWhatClockChangesDo() {
        json(TestKeys.viewer())
                .body(Map.of(
                        "cronExpression",
                        "*/30 * * * *",
                        "timeZone",
                        "Europe/Brussels",
                        "from",
                        "2018-10-28T00:30:00Z",
                        "count",
                        2))
                .post("/api/tasks/preview")
                .then()
                .statusCode(200)
                .body("data.instants.utc", contains("2018-10-28T01:00:00Z", "2018-10-28T01:30:00Z"))
                .body("data.clockChanges", containsString("both hours"));
        create("a", "0 9 LW * *").statusCode(201).body("data.clockChanges", nullValue());
    }

    @Test
    void onlyAdminsChangeSchedules() {
        json(TestKeys.operator())
                .body(definition("a", "@daily"))
                .post("/api/tasks")
                .then()
                .statusCode(403);
        TestKeys.operator().post("/api/tasks/a/execute").then().statusCode(403);
        TestKeys.operator().delete("/api/tasks/a").then().statusCode(403);
        TestKeys.operator().post("/api/tasks/a/reset").then().statusCode(403);
        json(TestKeys.operator())
                .body("{\"isActive\":true}")
                .put("/api/tasks/a/toggle")
                .then()
                .statusCode(403);
        TestKeys.with("wrong-key-of-somebody-else-000000")
                .get("/api/tasks")
                .then()
                .statusCode(401);
        TestKeys.viewer().get("/api/tasks").then().statusCode(200);
    }

    @Test
    void runsAreShownLatestFirst() {
        create("a", "@daily").statusCode(201);
        sql(
                "INSERT INTO task_execution_log (task_id, scheduled_for, trigger, status, step, attend_at, result, execution_time)"
                        + " SELECT 'a', timestamptz '2026-01-01T00:00:00Z' + n * interval '1 day', 'cron', 'completed', 'ended',"
                        + " now(), '{\"n\":' || n || '}', n FROM generate_series(0, 4) AS n");
        TestKeys.viewer()
                .get("/api/tasks/a/executions?limit=2")
                .then()
                .body("data.executionTime", contains(4, 3))
                .body("data.result.n", hasItem(4));
        TestKeys.viewer()
                .get("/api/tasks/a/executions?limit=2&before=2026-01-04T00:00:00Z")
                .then()
                .body("data.executionTime", contains(2, 1));
        TestKeys.viewer()
                .get("/api/tasks/a/executions?before=+999999999-12-31T00:00:00Z")
                .then()
                .statusCode(400)
                .body("field", equalTo("before"));
    }

    @Test
    void theResultOfAnEncryptedJobIsNotShown() {
        create("a", "@daily").statusCode(201);
        sql(
                "INSERT INTO task_execution_log (task_id, scheduled_for, trigger, status, step, attend_at, result, execution_time)"
                        + " VALUES ('a', now(), 'cron', 'completed', 'ended', now(), '\"enc:1:k1:c2VjcmV0\"', 1)");

        String executions = TestKeys.viewer()
                .get("/api/tasks/a/executions")
                .then()
                .extract()
                .asString();

        assertThat(executions).contains("\"result\":\"encrypted\"").doesNotContain("c2VjcmV0");
    }

    @Test
    void numbersOfAPayloadKeepEveryDigit() {
        TestKeys.admin()
                .contentType("application/json")
                .body(
                        """
                        {"id":"prices","name":"Prices","cronExpression":"@daily","jobType":"sample.price",
                         "payload":{"amount":12345678901234567.890}}""")
                .post("/api/tasks")
                .then()
                .statusCode(201);

        assertThat(TestKeys.viewer().get("/api/tasks/prices").then().extract().asString())
                .contains("12345678901234567.890");
    }

    private void declare(String id, String expression) {
        tasks.declare(
                        List.of(DeclaredSchedule.of(
                                id, "Shipped", "", expression, "UTC", "sample.note", "{\"text\":\"x\"}")),
                        Set.of(),
                        Instant.now())
                .await()
                .atMost(LIMIT);
    }

    private static ValidatableResponse create(String id, String expression) {
        return json(TestKeys.admin())
                .body(definition(id, expression))
                .post("/api/tasks")
                .then();
    }

    private static ValidatableResponse toggle(String id, boolean active) {
        return json(TestKeys.admin())
                .body(Map.of("isActive", active))
                .put("/api/tasks/" + id + "/toggle")
                .then();
    }

    private static Map<String, Object> definition(String id, String expression) {
        Map<String, Object> body = new HashMap<>();
        if (id != null) {
            body.put("id", id);
        }
        body.put("name", "Name");
        body.put("cronExpression", expression);
        body.put("jobType", "sample.note");
        body.put("payload", Map.of("text", "hello"));
        return body;
    }

    private static RequestSpecification json(RequestSpecification request) {
        return request.contentType(ContentType.JSON);
    }

    private long count(String query) {
        return pool.query(query)
                .execute()
                .await()
                .atMost(LIMIT)
                .iterator()
                .next()
                .getLong(0);
    }

    private void sql(String statement) {
        pool.query(statement).execute().await().atMost(LIMIT);
    }
}
