package io.penstock.api.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that reach some queues or one tenant, even with the role of an admin. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class ScopedKeysTest {

    private static final String DELAYED = "{\"payload\":{\"text\":\"t\",\"ms\":1},\"options\":{\"delayMs\":3600000%s}}";
    private static String acme;
    private static String umbra;
    private static String ofReports;

    @BeforeEach
    void makeKeys() {
        if (acme == null) {
            acme = key("\"tenant\":\"acme\"");
            umbra = key("\"tenant\":\"umbra\"");
            ofReports = key("\"queues\":[\"sample-rep*\"]");
        }
    }

    @Test
    void theScopeIsShown() {
        TestKeys.with(acme)
                .get("/api/session")
                .then()
                .statusCode(200)
                .body("kind", equalTo("key"))
                .body("tenant", equalTo("acme"));
        TestKeys.with(ofReports).get("/api/session").then().body("queues", contains("sample-rep*"));
    }

    @Test
    void aJobOfAnotherTenantDoesNotExist() {
        String mine = enqueue(acme, "sample.note", "").statusCode(202).extract().path("jobId");
        String nobodys = enqueue(TestKeys.ADMIN, "sample.note", "")
                .statusCode(202)
                .extract()
                .path("jobId");

        TestKeys.with(acme).get("/api/jobs/" + mine).then().statusCode(200).body("tenant", equalTo("acme"));
        for (String id : List.of(mine, nobodys)) {
            for (Response answer : allCalls(umbra, id)) {
                assertThat(answer.statusCode()).isEqualTo(404);
                assertThat(answer.<String>path("code")).isEqualTo("job-not-found");
            }
            TestKeys.admin().get("/api/jobs/" + id).then().statusCode(200).body("state", equalTo("scheduled"));
        }
        TestKeys.with(acme).post("/api/jobs/" + mine + "/cancel").then().statusCode(200);
        // Now it is in the history, if anywhere.
        TestKeys.with(umbra).get("/api/jobs/" + mine).then().statusCode(404);
    }

    @Test
    void aNewJobIsTheTenants() {
        enqueue(acme, "sample.note", ",\"tenant\":\"acme\"").statusCode(202);
        enqueue(acme, "sample.note", ",\"tenant\":\"umbra\"").statusCode(403).body("code", equalTo("out-of-scope"));
        post(acme, "/api/jobs/sample.note/bulk", "{\"jobs\":[" + DELAYED.formatted(",\"tenant\":\"umbra\"") + "]}")
                .statusCode(403);
        String family = "{\"parent\":{\"type\":\"sample.note\",\"payload\":{\"text\":\"t\"}},\"children\":"
                + "[{\"type\":\"sample.note\",\"payload\":{\"text\":\"t\"},\"options\":{\"tenant\":\"umbra\"}}]}";
        post(acme, "/api/jobs/family", family).statusCode(403).body("code", equalTo("out-of-scope"));

        String id = enqueue(acme, "sample.note", "").statusCode(202).extract().path("jobId");
        String version = TestKeys.with(acme).get("/api/jobs/" + id).path("version");
        TestKeys.with(acme)
                .contentType(ContentType.JSON)
                .body("{\"version\":\"" + version + "\",\"options\":{\"tenant\":\"umbra\",\"delayMs\":3600000}}")
                .put("/api/jobs/" + id)
                .then()
                .statusCode(403);
    }

    @Test
    void queuesBeyondTheScopeAreOutOfReach() {
        enqueue(ofReports, "sample.report", "").statusCode(202);
        enqueue(ofReports, "sample.note", "").statusCode(403).body("code", equalTo("out-of-scope"));
        String other = enqueue(TestKeys.ADMIN, "sample.note", "")
                .statusCode(202)
                .extract()
                .path("jobId");
        TestKeys.with(ofReports).get("/api/jobs/" + other).then().statusCode(404);

        TestKeys.with(ofReports)
                .get("/api/queues")
                .then()
                .statusCode(200)
                .body("queues", hasSize(1))
                .body("queues.queue", everyItem(equalTo("sample-reports")));
        TestKeys.with(ofReports).get("/api/queues/sample-reports").then().statusCode(200);
        TestKeys.with(ofReports).get("/api/queues/product-update").then().statusCode(403);
        TestKeys.with(ofReports).post("/api/queues/product-update/pause").then().statusCode(403);
        TestKeys.with(ofReports).get("/api/history?queue=sample-reports").then().statusCode(200);
        TestKeys.with(ofReports).get("/api/history?queue=product-update").then().statusCode(403);
        TestKeys.with(ofReports).get("/api/history").then().statusCode(403);
    }

    @Test
    void theHistoryIsTheTenants() {
        TestKeys.with(acme).get("/api/history").then().statusCode(200);
        TestKeys.with(acme).get("/api/history?tenant=acme").then().statusCode(200);
        TestKeys.with(acme).get("/api/history?tenant=umbra").then().statusCode(403);
    }

    @Test
    void aSearchFindsTheTenantsJobsAlone() {
        String mine = enqueue(acme, "sample.note", "").statusCode(202).extract().path("jobId");
        String nobodys = enqueue(TestKeys.ADMIN, "sample.note", "")
                .statusCode(202)
                .extract()
                .path("jobId");

        TestKeys.with(acme).get("/api/jobs?id=" + mine).then().statusCode(200).body("jobs.id", contains(mine));
        TestKeys.with(acme)
                .get("/api/jobs?id=" + nobodys)
                .then()
                .statusCode(200)
                .body("jobs", hasSize(0));
        TestKeys.with(umbra).get("/api/jobs?id=" + mine).then().statusCode(200).body("jobs", hasSize(0));
        TestKeys.with(acme)
                .get("/api/jobs?state=scheduled")
                .then()
                .statusCode(200)
                .body("jobs.tenant", everyItem(equalTo("acme")));
        TestKeys.with(acme).get("/api/jobs?tenant=umbra").then().statusCode(403).body("code", equalTo("out-of-scope"));
        TestKeys.with(ofReports).get("/api/jobs?queue=sample-reports").then().statusCode(200);
        TestKeys.with(ofReports).get("/api/jobs?queue=product-update").then().statusCode(403);
        TestKeys.with(ofReports).get("/api/jobs").then().statusCode(403);
        // Of another's job nothing is told, and of one's own there is nothing yet.
        TestKeys.with(umbra).get("/api/history/" + mine).then().statusCode(200).body("entries", hasSize(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/jobs/counts", "/api/jobs/errors", "/api/history/errors"})
    void aKeyOfQueuesSeesTheCountsAndErrorsOfOne(String path) {
        TestKeys.with(ofReports).get(path + "?queue=sample-reports").then().statusCode(200);
        TestKeys.with(ofReports).get(path + "?queue=product-update").then().statusCode(403);
        TestKeys.with(ofReports).get(path).then().statusCode(403).body("code", equalTo("out-of-scope"));
        TestKeys.with(acme).get(path + "?queue=sample-reports").then().statusCode(403);
    }

    @Test
    void aBatchOfAnotherTenantDoesNotExist() {
        String mine = batch(acme, "")
                .statusCode(201)
                .body("tenant", equalTo("acme"))
                .extract()
                .path("id");
        String nobodys = batch(TestKeys.ADMIN, "").statusCode(201).extract().path("id");

        TestKeys.with(acme).get("/api/batches/" + mine).then().statusCode(200);
        TestKeys.with(acme).get("/api/batches").then().body("batches.tenant", everyItem(equalTo("acme")));
        TestKeys.with(acme).get("/api/batches?tenant=umbra").then().statusCode(403);
        for (String id : List.of(mine, nobodys)) {
            for (String path : List.of("", "/items", "/events")) {
                TestKeys.with(umbra).get("/api/batches/" + id + path).then().statusCode(404);
            }
            for (String change : List.of("seal", "cancel", "pause", "resume", "retry-failed", "items")) {
                post(umbra, "/api/batches/" + id + "/" + change, "[]").statusCode(404);
            }
        }
        batch(acme, ",\"tenant\":\"umbra\"").statusCode(403);
        batch(acme, ",\"followedBy\":{\"type\":\"sample.pages\",\"items\":[],\"tenant\":\"umbra\"}")
                .statusCode(403);
        batch(umbra, ",\"parentId\":\"" + mine + "\"").statusCode(404);
        batch(ofReports, "").statusCode(403).body("code", equalTo("out-of-scope"));
        TestKeys.with(ofReports).get("/api/batches/" + mine).then().statusCode(403);
    }

    private static ValidatableResponse batch(String key, String more) {
        return post(key, "/api/batches", "{\"type\":\"sample.pages\",\"open\":true" + more + "}");
    }

    /** Even an admin's key that has a scope makes neither keys nor users, and sees nothing of all tenants. */
    @ParameterizedTest
    @CsvSource({
        "GET,    /api/queues",
        "GET,    /api/queues/product-update",
        "POST,   /api/queues/product-update/pause",
        "POST,   /api/queues/product-update/purge",
        "GET,    /api/history/errors",
        "GET,    /api/jobs/counts",
        "GET,    /api/jobs/errors",
        "GET,    /api/tasks",
        "GET,    /api/keys",
        "POST,   /api/keys",
        "GET,    /api/users",
        "POST,   /api/users",
        "POST,   /api/session/links",
        "GET,    /api/audit",
        "POST,   /api/bulk-operations",
        "GET,    /api/offers",
        "GET,    /api/cache",
        "GET,    /api/alerts",
        "GET,    /api/cron",
    })
    void whatIsAboutMoreIsClosed(String method, String path) {
        var request = TestKeys.with(acme);
        if (method.equals("POST")) {
            request.contentType(ContentType.JSON).body("{}");
        }
        request.request(method, path)
                .then()
                .statusCode(403)
                .body(
                        path.startsWith("/api/tasks") ? "message" : "code",
                        org.hamcrest.Matchers.not(org.hamcrest.Matchers.emptyOrNullString()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "queues":[]                    | queues
                    "queues":["a b"]               | queues[0]
                    "queues":[null]                | queues[0]
                    "queues":["orders","*x"]       | queues[1]
                    "tenant":""                    | tenant
                    "tenant":"a;b"                 | tenant""")
    void aScopeThatMakesNoSenseIsRefused(String scope, String field) {
        post(TestKeys.ADMIN, "/api/keys", "{\"name\":\"x\",\"role\":\"viewer\"," + scope + "}")
                .statusCode(400)
                .body("field", equalTo(field));
    }

    private static List<Response> allCalls(String key, String id) {
        String path = "/api/jobs/" + id;
        return List.of(
                TestKeys.with(key).get(path),
                TestKeys.with(key).get(path + "/result"),
                TestKeys.with(key).get(path + "/progress"),
                TestKeys.with(key).get(path + "/log"),
                TestKeys.with(key).post(path + "/cancel"),
                TestKeys.with(key).contentType(ContentType.JSON).body("{}").post(path + "/retry"),
                TestKeys.with(key).post(path + "/run-now"),
                TestKeys.with(key).contentType(ContentType.JSON).body("{}").post(path + "/reveal"),
                TestKeys.with(key)
                        .contentType(ContentType.JSON)
                        .body("{\"version\":\"1\",\"requeue\":true}")
                        .put(path),
                TestKeys.with(key).delete(path));
    }

    private static ValidatableResponse enqueue(String key, String type, String options) {
        return post(key, "/api/jobs/" + type, DELAYED.formatted(options));
    }

    private static ValidatableResponse post(String key, String path, String body) {
        return TestKeys.with(key)
                .contentType(ContentType.JSON)
                .body(body)
                .post(path)
                .then();
    }

    private static String key(String scope) {
        return post(TestKeys.ADMIN, "/api/keys", "{\"name\":\"scoped\",\"role\":\"admin\"," + scope + "}")
                .statusCode(201)
                .extract()
                .path("key");
    }
}
