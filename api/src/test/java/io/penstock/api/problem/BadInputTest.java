package io.penstock.api.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.penstock.api.BrokenResource;
import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a caller does wrong is answered with a problem document that says what. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class BadInputTest {

    private static final int OVER_THE_LIMIT = 2 * 1024 * 1024 + 1;

    @TestHTTPResource("/api/jobs/sample.note")
    URI notes;

    @Test
    void anUnknownJobTypeIsNotFound() {
        problem(post("/api/jobs/no.such", "{}"), 404, "unknown-job-type").body("detail", containsString("no.such"));
        problem(post("/api/jobs/no.such/bulk", "{\"jobs\":[{}]}"), 404, "unknown-job-type");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"payload":{"text":"a","ms":1001}}               | payload.ms           | invalid-payload
                    {"payload":{"text":"a","ms":-1}}                 | payload.ms           | invalid-payload
                    {"payload":{"text":"a","ms":"1"}}                | payload.ms           | invalid-payload
                    {"payload":{"text":"a","ms":1.5}}                | payload.ms           | invalid-payload
                    {"payload":{"text":"a","ms":99999999999}}        | payload.ms           | invalid-payload
                    {"payload":{"text":5,"ms":1}}                    | payload.text         | invalid-payload
                    {"payload":{"text":" ","ms":1}}                  | payload.text         | invalid-payload
                    {"payload":{"ms":1}}                             | payload.text         | invalid-payload
                    {"payload":{"text":"a","ms":1,"x":1}}            | payload.x            | invalid-payload
                    {"payload":null}                                 | payload.text         | invalid-payload
                    {}                                               | payload.text         | invalid-payload
                    {"payload":[]}                                   | payload              | invalid-payload
                    {"payload":"text"}                               | payload              | invalid-payload
                    {"payload":{"text":"a"},"options":{"prio":1}}    | options.prio         | invalid-options
                    {"payload":{"text":"a"},"options":{"priority":11}} | options.priority   | invalid-options
                    {"payload":{"text":"a"},"options":{"priority":"1"}} | options.priority  | invalid-options
                    {"payload":{"text":"a"},"options":{"id":"a b"}}  | options.id           | invalid-options
                    {"payload":{"text":"a"},"options":{"id":"a~0~1"}} | options.id          | invalid-options
                    {"payload":{"text":"a"},"options":{"backoff":{"delay":1}}} | options.backoff.delay | invalid-options
                    {"payload":{"text":"a"},"options":{"id":"."}}    | options.id           | invalid-options
                    {"payload":{"text":"a"},"options":{"id":".."}}   | options.id           | invalid-options
                    {"payload":{"text":"a"},"options":{"delayMs":5000,"expiresInMs":100}} | options.expiresInMs | invalid-options
                    {"payload":{"text":"a"},"options":{"delayMs":5000,"expiresInMs":5000}} | options.expiresInMs | invalid-options
                    {"payload":{"text":"a\\ud800b"}}                  | payload              | invalid-payload
                    {"payload":{"text":"a"},"options":[]}            | options              | invalid-options
                    {"payload":{"text":"a"},"options":{"id":"a:b"}}  | options.id           | invalid-options
                    {"payload":{"text":"a"},"options":{"id":"{a}"}}  | options.id           | invalid-options
                    {"payload":{"text":"a"},"options":{"delayMs":-1}} | options.delayMs     | invalid-options
                    {"payload":{"text":"a"},"options":{"runAt":"9999-01-01T00:00:00Z"}} | options.runAt | invalid-options
                    {"payload":{"text":"a"},"options":{"runAt":"2190-01-01T00:00:00Z"}} | options.runAt | invalid-options
                    {"payload":{"text":"a"},"options":{"expiresAt":"9999-01-01T00:00:00Z"}} | options.expiresAt | invalid-options
                    {"payload":{"text":"a"},"options":{"expiresAt":"2020-01-01T00:00:00Z"}} | options.expiresAt | invalid-options
                    {"payload":{"text":"a"},"options":{"unique":{"key":"k","window":1}}} | options.unique.window | invalid-options
                    {"payload":{"text":"a"},"options":{"unique":{"key":"k","windowMs":0}}} | options.unique.windowMs | invalid-options
                    {"payload":{"text":"a"},"options":{"unique":{"key":"k","onConflict":"x"}}} | options.unique.onConflict | invalid-options
                    {"payload":{"text":"a"},"options":{"group":"a;b"}} | options.group      | invalid-options
                    {"payload":{"text":"a"},"options":{"tags":["a",""]}} | options.tags[1]  | invalid-options
                    {"payload":{"text":"a"},"options":{"tags":"a"}}  | options.tags         | invalid-options
                    {"payload":{"text":"a"},"options":{"keepResultMs":-5}} | options.keepResultMs | invalid-options
                    {"payload":{"text":"a"},"option":{}}             | option               | invalid-request""")
    void aWrongFieldIsNamed(String body, String field, String code) {
        problem(post("/api/jobs/sample.note", body), 400, code).body("field", equalTo(field));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"jobs":[{"payload":{"text":"a"}},{"payload":{"text":"a","ms":-1}}]}  | jobs[1].payload.ms   | invalid-payload
                    {"jobs":[{"payload":{"text":"a"},"options":{"attempts":0}}]}          | jobs[0].options.attempts | invalid-options
                    {"jobs":[{"payload":{"text":"a"},"options":{"tries":0}}]}             | jobs[0].options.tries | invalid-options
                    {"jobs":[null]}                                                       | jobs[0]              | invalid-request
                    {"jobs":[5]}                                                          | jobs[0]              | invalid-request
                    {"jobs":[]}                                                           | jobs                 | invalid-request
                    {"jobs":{}}                                                           | jobs                 | invalid-request
                    {}                                                                    | jobs                 | invalid-request""")
    void aWrongFieldOfABulkCallIsNamedWithItsPlace(String body, String field, String code) {
        problem(post("/api/jobs/sample.note/bulk", body), 400, code).body("field", equalTo(field));
    }

    @Test
    void anIdThatIsTooLongOrHoldsALineBreakIsRefused() {
        for (String id : new String[] {"x".repeat(10_240), "a\\nb", "a\\u0000b"}) {
            problem(
                            post(
                                    "/api/jobs/sample.note",
                                    "{\"payload\":{\"text\":\"a\"},\"options\":{\"id\":\"" + id + "\"}}"),
                            400,
                            "invalid-options")
                    .body("field", equalTo("options.id"));
        }
    }

    @Test
    void aBulkCallIsBounded() {
        String many =
                "{\"jobs\":[" + "{\"payload\":{\"text\":\"a\"}},".repeat(1000) + "{\"payload\":{\"text\":\"a\"}}]}";

        problem(post("/api/jobs/sample.note/bulk", many), 400, "invalid-request")
                .body("field", equalTo("jobs"))
                .body("detail", containsString("1000"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "nonsense",
                "{\"payload\":{}}}",
                "{\"payload\":{},\"payload\":{}}",
                "{\"payload\":{\"text\":\"a\",\"text\":\"b\"}}",
                "\u0000",
                "{\"payload\":{\"text\":\"\u0001\"}}"
            })
    void whatIsNotProperJsonIsRefused(String body) {
        problem(post("/api/jobs/sample.note", body), 400, "malformed-json");
    }

    @Test
    void aBodyThatIsNotAnObjectIsRefused() {
        problem(post("/api/jobs/sample.note", "[]"), 400, "invalid-request");
        problem(post("/api/jobs/sample.note", "5"), 400, "invalid-request");
    }

    @Test
    void deepNestingIsRefused() {
        String deep = "{\"payload\":{\"text\":" + "[".repeat(500) + "]".repeat(500) + "}}";

        problem(post("/api/jobs/sample.note", deep), 400, "malformed-json").body("detail", containsString("deep"));
    }

    @Test
    void textThatIsNotUtf8IsRefused() throws Exception {
        byte[][] texts = {
            {(byte) 0xff}, // no such byte
            {(byte) 0xc3}, // cut off
            {(byte) 0xc0, (byte) 0xaf}, // over-long
            {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, // half a surrogate pair
        };
        for (byte[] text : texts) {
            java.io.ByteArrayOutputStream body = new java.io.ByteArrayOutputStream();
            body.write("{\"payload\":{\"text\":\"".getBytes(StandardCharsets.UTF_8));
            body.write(text);
            body.write("\"}}".getBytes(StandardCharsets.UTF_8));
            problem(postBytes(body.toByteArray()), 400, "malformed-json");
        }
        byte[] utf16 = "{\"payload\":{\"text\":\"a\"}}".getBytes(StandardCharsets.UTF_16);
        problem(postBytes(utf16), 400, "malformed-json");
    }

    private static Response postBytes(byte[] body) {
        return TestKeys.operator()
                .header("Content-Type", "application/json")
                .body(body)
                .post("/api/jobs/sample.note");
    }

    @Test
    void anotherMediaTypeIsRefused() {
        problem(
                TestKeys.operator().contentType("text/plain").body("{}").post("/api/jobs/sample.note"),
                415,
                "unsupported-media-type");
        problem(
                TestKeys.operator().contentType("application/xml").body("<a/>").post("/api/jobs/sample.note"),
                415,
                "unsupported-media-type");
        problem(TestKeys.viewer().accept("text/csv").get("/api/queues"), 406, "not-acceptable");
    }

    @Test
    void aPayloadOverTheLimitIsTooLarge() {
        String text = "x".repeat(70_000);

        problem(post("/api/jobs/sample.note", "{\"payload\":{\"text\":\"" + text + "\"}}"), 413, "payload-too-large");
    }

    @Test
    void aBodyOverTheLimitIsTooLarge() {
        // Refused before it has been read: a client that is still sending may be told of the end of the connection
        // instead.
        Response refused = await().ignoreExceptions()
                .atMost(Duration.ofSeconds(30))
                .until(() -> post("/api/jobs/sample.note", " ".repeat(OVER_THE_LIMIT)), answer -> true);

        problem(refused, 413, "payload-too-large").body("detail", containsString("2097152"));
    }

    @Test
    void aBodyInChunksOverTheLimitIsTooLarge() throws Exception {
        byte[] body = " ".repeat(OVER_THE_LIMIT).getBytes(StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(notes)
                .version(HttpClient.Version.HTTP_1_1)
                .header("Authorization", "Bearer " + TestKeys.ADMIN)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
                .build();

        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains("payload-too-large");
    }

    @Test
    void aBodyInChunksUnderTheLimitIsAccepted() throws Exception {
        byte[] body = ("{\"payload\":{\"text\":\"a\"}}" + " ".repeat(100_000)).getBytes(StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(notes)
                .version(HttpClient.Version.HTTP_1_1)
                .header("Authorization", "Bearer " + TestKeys.ADMIN)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
                .build();

        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void anUnknownAddressIsNotFound() {
        problem(TestKeys.viewer().get("/api/nothing"), 404, "not-found");
        problem(TestKeys.viewer().get("/api"), 404, "not-found");
        problem(TestKeys.viewer().get("/nothing/at/all"), 404, "not-found");
        problem(TestKeys.viewer().get("/api/jobs/no-such-job"), 404, "job-not-found");
        problem(TestKeys.viewer().get("/api/queues/no-such-queue"), 404, "unknown-queue");
        problem(TestKeys.operator().post("/api/queues/no-such-queue/pause"), 404, "unknown-queue");
        problem(TestKeys.operator().post("/api/queues/no-such-queue/resume"), 404, "unknown-queue");
    }

    /** The HTTP server itself refuses it, before anything of ours could add a body. */
    @Test
    void anAddressThatCannotBeReadIsRefused() throws Exception {
        String request = "GET /api/jobs/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        try (Socket socket = new Socket(notes.getHost(), notes.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));

            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(response).startsWith("HTTP/1.1 400").doesNotContain("html", "Exception");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/jobs/a%0d%0aX-Injected:%20yes",
                "/api/queues/a%0d%0aX-Injected:%20yes",
                "/api/queues?x=%0d%0aX-Injected:%20yes",
                "/console/%0d%0aX-Injected:%20yes",
                "/api/batches/%0d%0aX-Injected:%20yes/events"
            })
    void aLineBreakInAnAddressBecomesNoHeader(String path) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(notes.resolve(path))
                                .header("Authorization", "Bearer " + TestKeys.ADMIN)
                                .timeout(Duration.ofSeconds(60))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isLessThan(500);
        assertThat(answer.headers().map()).doesNotContainKey("x-injected");
    }

    /** A client that asks for HTTP/2 without TLS, as Java's does by default, is answered all the same, and where it asked. */
    @Test
    void anUpgradeWithoutTlsIsNotTaken() throws Exception {
        HttpResponse<String> answer = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .build()
                .send(
                        HttpRequest.newBuilder(notes.resolve("/api/queues"))
                                .header("Authorization", "Bearer " + TestKeys.ADMIN)
                                .timeout(Duration.ofSeconds(60))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    /** The HTTP server itself refuses it. */
    @Test
    void aLineBreakWithinAHeaderIsRefused() throws Exception {
        for (String value : new String[] {"a\rX-Injected: yes", "a\r\n X-Injected: yes", "a\u0000b"}) {
            String request =
                    "GET /api/jobs/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                            + TestKeys.ADMIN + "\r\nIdempotency-Key: " + value + "\r\n\r\n";
            try (Socket socket = new Socket(notes.getHost(), notes.getPort())) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));

                String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

                assertThat(response).startsWith("HTTP/1.1 4").doesNotContain("X-Injected");
            }
        }
    }

    @Test
    void anotherMethodIsRefused() {
        problem(TestKeys.admin().delete("/api/queues"), 405, "method-not-allowed");
        problem(TestKeys.admin().contentType(ContentType.JSON).put("/api/queues"), 405, "method-not-allowed");
    }

    @Test
    void anUnexpectedErrorTellsNothingButItsId() {
        problem(TestKeys.viewer().get("/api/broken"), 500, "internal-error")
                .body("errorId", containsString("-"))
                .body(not(containsString(BrokenResource.INSIDE)))
                .body(not(containsString("Exception")));
    }

    @Test
    void aQueueThatIsAwayIsSaidWithoutDetails() {
        problem(TestKeys.viewer().get("/api/broken/queue"), 503, "queue-unavailable")
                .header("Retry-After", equalTo("5"))
                .body(not(containsString(BrokenResource.INSIDE)));
    }

    private static Response post(String path, String body) {
        return TestKeys.operator().contentType(ContentType.JSON).body(body).post(path);
    }

    private static ValidatableResponse problem(Response response, int status, String code) {
        assertThat(response.asString()).doesNotContain("io.penstock", "com.fasterxml", "java.lang", "\tat ");
        return response.then()
                .statusCode(status)
                .contentType(equalTo("application/problem+json"))
                .body("status", equalTo(status))
                .body("code", equalTo(code))
                .body("type", equalTo("urn:penstock:problem:" + code));
    }
}
