package io.penstock.api.templates;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The calls about templates in bulk. No worker runs here: what they begin waits. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class TemplatesBulkApiTest {

    private static final String BULK = "/api/templates/bulk";

    @Inject
    Pool pool;

    private final String tenant = "t-" + UUID.randomUUID();
    private final UUID top = UUID.randomUUID();
    private final UUID below = UUID.randomUUID();

    @BeforeEach
    void twoTemplates() {
        insert(top, null, 0, "top");
        insert(below, top, 1, "below");
    }

    private void insert(UUID id, UUID parent, int depth, String name) {
        pool.preparedQuery(
                        """
                        INSERT INTO course_template (tenant, id, kind, parent_id, depth, name, status, created_by, updated_by)
                        VALUES ($1, $2, 'base', $3, $4, $5, 'active', 'a', 'a')
                        """)
                .execute(Tuple.of(tenant, id, parent, (short) depth, name))
                .await()
                .atMost(Duration.ofSeconds(20));
    }

    private static ValidatableResponse post(String path, String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .post(BULK + path)
                .then();
    }

    private String withTenant(String rest) {
        return "{\"tenant\":\"" + tenant + "\"," + rest + "}";
    }

    private String change(UUID id, String set) {
        return withTenant("\"changes\":[{\"id\":\"" + id + "\",\"expectedVersion\":1,\"set\":" + set + "}]");
    }

    @Test
    void manyTemplatesAreMadeByABatchThatTheirTenantCanWatchAndCancel() {
        String id = post("/create", withTenant("\"templates\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"priority\":3"))
                .statusCode(202)
                .header("Location", containsString(BULK + "/operations/"))
                .body("total", equalTo(2))
                .body("ids", hasSize(2))
                .extract()
                .path("batchId");

        TestKeys.viewer()
                .get(BULK + "/operations/" + id + "?tenant=" + tenant)
                .then()
                .statusCode(200)
                .body("type", equalTo("templates.create"))
                .body("total", equalTo(2));
        TestKeys.viewer().get(BULK + "/operations?tenant=" + tenant).then().body("operations.batchId", contains(id));
        TestKeys.viewer()
                .get(BULK + "/operations/" + id + "?tenant=another")
                .then()
                .statusCode(404);
        post("/operations/" + id + "/cancel?tenant=another", "{}").statusCode(404);
        post("/operations/" + id + "/cancel?tenant=" + tenant, "{}")
                .statusCode(200)
                .body("status", equalTo("cancelled"));
        post("/operations/" + id + "/cancel?tenant=" + tenant, "{}").statusCode(409);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|templates",
                "[1]|templates[0]",
                "[{}]|templates[0].name",
                "[{\"name\":\"a\"},{\"name\":\"a\"}]|templates[1].name",
                "[{\"name\":\"a\",\"price\":-1}]|templates[0].price",
                "[{\"name\":\"a\",\"colour\":\"red\"}]|templates[0].colour",
                "[{\"name\":\"a\",\"parentId\":\"x\"}]|templates[0].parentId",
                "[{\"name\":\"a\",\"id\":\"x\"}]|templates[0].id",
            })
    void whatIsWrongWithNewTemplatesIsTold(String templates, String field) {
        post("/create", withTenant("\"templates\":" + templates))
                .statusCode(400)
                .body("code", equalTo("invalid-request"))
                .body("field", equalTo(field));
    }

    @Test
    void aCircleWithinARequestIsNamed() {
        UUID a = UUID.randomUUID();
        UUID b = UUID.randomUUID();
        post(
                        "/create",
                        withTenant("\"templates\":[{\"id\":\"" + a + "\",\"name\":\"a\",\"parentId\":\"" + b
                                + "\"},{\"id\":\"" + b + "\",\"name\":\"b\",\"parentId\":\"" + a + "\"}]"))
                .statusCode(400)
                .body("detail", containsString(a + " -> " + b + " -> " + a));
    }

    @Test
    void anUnknownStrategyIsRefused() {
        String body = change(top, "{\"price\":1}");
        post("/update", body.substring(0, body.length() - 1) + ",\"conflict\":\"guess\"}")
                .statusCode(400)
                .body("detail", containsString("abort, skip, override, merge"));
    }

    @Test
    void anotherTenantsTemplatesDoNotExist() {
        String theirs = change(top, "{\"price\":1}").replace(tenant, "another");
        post("/update", theirs).statusCode(404);
        post("/impact", "{\"tenant\":\"another\",\"ids\":[\"" + top + "\"]}").statusCode(404);
        post("/restore", "{\"tenant\":\"another\",\"batchId\":\"" + UUID.randomUUID() + "\"}")
                .statusCode(404);
        TestKeys.viewer()
                .get(BULK + "/tree?tenant=another&parent=" + top)
                .then()
                .statusCode(404);
        TestKeys.viewer()
                .get(BULK + "/backups/" + UUID.randomUUID() + "?tenant=another")
                .then()
                .statusCode(404);
    }

    @Test
    void whatAChangeWouldTouchAndMeetIsToldBefore() {
        post("/impact", withTenant("\"ids\":[\"" + top + "\"]"))
                .statusCode(200)
                .body("impact.templates", equalTo(1))
                .body("impact.descendants", equalTo(1))
                .body("impact.risk", equalTo("low"))
                .body("impact.recoverySeconds", equalTo(3));
        post("/predict", withTenant("\"action\":\"delete\",\"ids\":[\"" + top + "\"]"))
                .statusCode(200)
                .body("conflicts[0].probability", equalTo(0.9f))
                .body("conflicts[0].kind", equalTo("dependency"))
                .body("conflicts[0].mitigation", notNullValue());
        post(
                        "/predict",
                        change(top, "{\"parentId\":\"" + below + "\"}")
                                .replace("{\"tenant\"", "{\"action\":\"update\",\"tenant\""))
                .statusCode(200)
                .body("conflicts[0].probability", equalTo(1.0f))
                .body("conflicts[0].what", containsString(top + " -> " + below + " -> " + top));
        post("/predict", withTenant("\"action\":\"guess\"")).statusCode(400);
    }

    @Test
    void theTreeIsShownALevelAtATime() {
        TestKeys.viewer()
                .get(BULK + "/tree?tenant=" + tenant)
                .then()
                .statusCode(200)
                .body("templates.name", contains("top"))
                .body("templates[0].children", equalTo(1));
        TestKeys.viewer()
                .get(BULK + "/tree?tenant=" + tenant + "&parent=" + top)
                .then()
                .body("above.name", contains("top"))
                .body("templates.name", contains("below"));
        String next = TestKeys.viewer()
                .get(BULK + "/tree?tenant=" + tenant + "&text=O&limit=1")
                .then()
                .body("templates.name", contains("below"))
                .extract()
                .path("next");
        TestKeys.viewer()
                .queryParam("after", next)
                .get(BULK + "/tree?tenant=" + tenant + "&text=O&limit=1")
                .then()
                .body("templates.name", contains("top"));
        TestKeys.viewer().get(BULK + "/tree").then().statusCode(400);
    }
}
