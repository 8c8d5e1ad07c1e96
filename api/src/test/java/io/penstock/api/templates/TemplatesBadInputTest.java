package io.penstock.api.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
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

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static final int TEN_MEGABYTES = 10 * 1024 * 1024;

    private static final String ID = "00000000-0000-0000-0000-000000000001";

    @TestHTTPResource("/")
    URI root;

    private final String tenant = "t-" + UUID.randomUUID();

    /** What was answered to a bad request. */
    private record Refusal(int status, String body) {

        void says(String field, String detail) {
            assertThat(status).as(body).isEqualTo(400);
            assertThat(body).contains("\"code\":\"invalid-request\"", "\"field\":\"" + field + "\"", detail);
        }
    }

    /** By a client that does not look into what it sends: others lay it out to be read, which a bomb does not survive. */
    private Refusal post(String path, String rest) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(root.resolve("/api/templates" + path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + TestKeys.keyOf("operator"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"tenant\":\"" + tenant + "\"," + rest + "}"))
                .build();
        HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        return new Refusal(answer.statusCode(), answer.body());
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

    /** Told before they are sent. */
    @ParameterizedTest
    @ValueSource(strings = {"", "/bulk/create", "/bulk/predict"})
    void propertiesOfTenMegabytesAreNotEvenRead(String path) throws IOException {
        String start = "{\"tenant\":\"" + tenant + "\",\"template\":{\"name\":\"a\",\"dynamicProperties\":{\"a\":\"";
        try (Socket socket = new Socket(root.getHost(), root.getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("POST /api/templates" + path + " HTTP/1.1\r\nHost: " + root.getAuthority()
                                    + "\r\nAuthorization: Bearer " + TestKeys.ADMIN
                                    + "\r\nContent-Type: application/json\r\nContent-Length: " + TEN_MEGABYTES
                                    + "\r\n\r\n" + start)
                            .getBytes(StandardCharsets.UTF_8));

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 413 ").contains("payload-too-large", "2097152");
        }
    }

    @Test
    void propertiesThatFitIntoABodyAndAreTooLargeAreNamed() throws Exception {
        String large = withProperties("{\"a\":\"" + "x".repeat(1_500_000) + "\"}");

        post("", single(large)).says("template.dynamicProperties", "65536");
        post("/bulk/create", several("{\"name\":\"b\"}", large)).says("templates[1].dynamicProperties", "65536");
        post("/bulk/update", change("{\"uiConfiguration\":{\"a\":\"" + "x".repeat(70_000) + "\"}}"))
                .says("changes[0].set.uiConfiguration", "65536");
    }

    @ParameterizedTest
    @CsvSource({"[,]", "{\"a\":,}"})
    void whatIsNestedWithoutAnEndIsRefused(String open, String close) throws Exception {
        for (int depth : new int[] {33, 400, 50_000, 180_000}) {
            String bomb = "{\"a\":" + open.repeat(depth) + "1" + close.repeat(depth) + "}";

            for (Refusal refused : List.of(
                    post("", single(withProperties(bomb))),
                    post("", single("{\"name\":\"a\",\"validationRules\":" + bomb + "}")),
                    post("/bulk/create", several(withProperties(bomb))),
                    post("/bulk/update", change("{\"dynamicProperties\":" + bomb + "}")))) {
                assertThat(refused.status()).as(depth + ": " + refused.body()).isEqualTo(400);
            }
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
    void whatIsWrongIsToldWithItsField(String path, String rest, String field) throws Exception {
        post(path == null ? "" : path, rest).says(field, "");
    }

    @Test
    void aChainThatACallWouldCloseToACircleIsNamed() throws Exception {
        String a = UUID.randomUUID().toString();
        String b = UUID.randomUUID().toString();
        String c = UUID.randomUUID().toString();

        post(
                        "/bulk/create",
                        several(
                                "{\"id\":\"" + a + "\",\"name\":\"a\",\"parentId\":\"" + b + "\"}",
                                "{\"id\":\"" + b + "\",\"name\":\"b\",\"parentId\":\"" + c + "\"}",
                                "{\"id\":\"" + c + "\",\"name\":\"c\",\"parentId\":\"" + a + "\"}"))
                .says("templates", a + " -> " + b + " -> " + c + " -> " + a);
        post("/bulk/create", several("{\"id\":\"" + a + "\",\"name\":\"a\",\"parentId\":\"" + a + "\"}"))
                .says("templates", a + " -> " + a);
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
