package io.penstock.api.templates;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What nobody should send about templates, one at a time and in bulk: each is told what is wrong, and nothing breaks. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class TemplatesBadInputTest {

    private static final int TEN_MEGABYTES = 10 * 1024 * 1024;

    private static final String ID = "00000000-0000-0000-0000-000000000001";

    private final String tenant = "t-" + UUID.randomUUID();

    private static RequestSpecification operator() {
        return TestKeys.operator().contentType(ContentType.JSON);
    }

    private ValidatableResponse post(String path, String rest) {
        return operator()
                .body("{\"tenant\":\"" + tenant + "\"," + rest + "}")
                .post("/api/templates" + path)
                .then();
    }

    private static String single(String template) {
        return "\"template\":" + template;
    }

    private static String several(String... templates) {
        return "\"templates\":[" + String.join(",", templates) + "]";
    }

    private static String withProperties(String value) {
        return "{\"name\":\"a\",\"dynamicProperties\":" + value + "}";
    }

    private static String change(String set) {
        return "\"changes\":[{\"id\":\"" + ID + "\",\"expectedVersion\":1,\"set\":" + set + "}]";
    }

    /** Refused before it is read: a client that is still sending may be told of the end of the connection instead, and asks again. */
    @ParameterizedTest
    @ValueSource(strings = {"/api/templates", "/api/templates/bulk/create", "/api/templates/bulk/predict"})
    void propertiesOfTenMegabytesAreNotEvenRead(String path) {
        String body = "{\"tenant\":\"" + tenant + "\","
                + single(withProperties("{\"a\":\"" + "x".repeat(TEN_MEGABYTES) + "\"}")) + "}";

        Response refused = await().ignoreExceptions()
                .atMost(Duration.ofSeconds(60))
                .until(() -> operator().body(body).post(path), answer -> true);

        refused.then().statusCode(413).body("code", equalTo("payload-too-large"));
    }

    @Test
    void propertiesThatFitIntoABodyAndAreTooLargeAreNamed() {
        String large = withProperties("{\"a\":\"" + "x".repeat(1_500_000) + "\"}");

        post("", single(large))
                .statusCode(400)
                .body("field", equalTo("template.dynamicProperties"))
                .body("detail", containsString("65536"));
        post("/bulk/create", several("{\"name\":\"b\"}", large))
                .statusCode(400)
                .body("field", equalTo("templates[1].dynamicProperties"));
        post("/bulk/update", change("{\"uiConfiguration\":{\"a\":\"" + "x".repeat(70_000) + "\"}}"))
                .statusCode(400)
                .body("field", equalTo("changes[0].set.uiConfiguration"));
    }

    @ParameterizedTest
    @CsvSource({"[,]", "{\"a\":,}"})
    void whatIsNestedWithoutAnEndIsRefused(String open, String close) {
        for (int depth : new int[] {33, 400, 50_000, 180_000}) {
            String bomb = "{\"a\":" + open.repeat(depth) + "1" + close.repeat(depth) + "}";

            post("", single(withProperties(bomb))).statusCode(400);
            post("", single("{\"name\":\"a\",\"validationRules\":" + bomb + "}"))
                    .statusCode(400);
            post("/bulk/create", several(withProperties(bomb))).statusCode(400);
            post("/bulk/update", change("{\"dynamicProperties\":" + bomb + "}")).statusCode(400);
        }
        TestKeys.viewer()
                .get("/api/templates?tenant=" + tenant)
                .then()
                .statusCode(200)
                .body("total", equalTo(0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/bulk/create|\"templates\":[{\"name\":\"a\"}],\"conflict\":\"guess\"|conflict",
                "/bulk/create|\"templates\":[{\"name\":\"a\"}],\"conflict\":\"SKIP\"|conflict",
                "/bulk/create|\"templates\":[{\"name\":\"a\"}],\"validation\":\"guess\"|validation",
                "/bulk/restore|\"batchId\":\"" + ID + "\",\"conflict\":\"merge\"|conflict",
                "/bulk/restore|\"batchId\":\"" + ID + "\",\"conflict\":\"guess\"|conflict",
                "/bulk/create|\"templates\":[{\"name\":\"a\",\"inherit\":\"guess\"}]|templates[0].inherit",
                "/bulk/create|\"templates\":[{\"name\":\"a\",\"validationRules\":[]}]|templates[0].validationRules",
                "/bulk/create|\"templates\":[{\"name\":\"a\",\"price\":-0.01}]|templates[0].price",
                "/bulk/create|\"templates\":[{\"name\":\"a\",\"price\":1e400}]|templates[0].price",
                "/bulk/create|\"templates\":[{\"name\":\"a\",\"minParticipants\":-1}]|templates[0].minParticipants",
                "|\"template\":{\"name\":\"a\"},\"validation\":\"guess\"|validation",
                "|\"template\":{\"name\":\"a\",\"validationRules\":{\"minimum\":\"much\"}}|template.validationRules",
                "|\"template\":{\"name\":\"a\",\"validationRules\":{\"pattern\":\"(\"}}|template.validationRules",
                "|\"template\":[]|template",
            })
    void whatIsWrongIsToldWithItsField(String path, String rest, String field) {
        post(path == null ? "" : path, rest)
                .statusCode(400)
                .body("code", equalTo("invalid-request"))
                .body("field", equalTo(field));
    }

    @Test
    void aChainThatACallWouldCloseToACircleIsNamed() {
        String a = UUID.randomUUID().toString();
        String b = UUID.randomUUID().toString();
        String c = UUID.randomUUID().toString();

        post(
                        "/bulk/create",
                        several(
                                "{\"id\":\"" + a + "\",\"name\":\"a\",\"parentId\":\"" + b + "\"}",
                                "{\"id\":\"" + b + "\",\"name\":\"b\",\"parentId\":\"" + c + "\"}",
                                "{\"id\":\"" + c + "\",\"name\":\"c\",\"parentId\":\"" + a + "\"}"))
                .statusCode(400)
                .body("detail", containsString(a + " -> " + b + " -> " + c + " -> " + a));
        post("/bulk/create", several("{\"id\":\"" + a + "\",\"name\":\"a\",\"parentId\":\"" + a + "\"}"))
                .statusCode(400)
                .body("detail", containsString(a + " -> " + a));
    }

    /** A key of one tenant learns of another neither that it is there nor that it is not. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "?tenant=theirs",
                "/" + ID + "?tenant=theirs",
                "/categories?tenant=theirs",
                "/bulk/tree?tenant=theirs",
                "/bulk/operations?tenant=theirs",
                "/bulk/operations/" + ID + "?tenant=theirs",
                "/bulk/operations/" + ID + "/items?tenant=theirs",
                "/bulk/backups?tenant=theirs",
                "/bulk/backups/" + ID + "?tenant=theirs",
            })
    void anotherTenantThanTheKeysDoesNotExist(String path) {
        String key = TestKeys.admin()
                .contentType(ContentType.JSON)
                .body("{\"name\":\"of one tenant\",\"role\":\"operator\",\"tenant\":\"" + tenant + "\"}")
                .post("/api/keys")
                .then()
                .statusCode(201)
                .extract()
                .path("key");

        TestKeys.with(key).get("/api/templates" + path).then().statusCode(404);
        TestKeys.with(key)
                .contentType(ContentType.JSON)
                .body("{\"tenant\":\"theirs\",\"template\":{\"name\":\"a\"}}")
                .post("/api/templates")
                .then()
                .statusCode(404);
        TestKeys.with(key)
                .contentType(ContentType.JSON)
                .body("{\"tenant\":\"theirs\"," + several("{\"name\":\"a\"}") + "}")
                .post("/api/templates/bulk/create")
                .then()
                .statusCode(404);
    }
}
