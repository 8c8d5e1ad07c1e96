package io.penstock.api.batches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchRun;
import io.penstock.common.batch.BatchWork;
import io.penstock.common.batch.Chunk;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.batch.Recorded;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batches over HTTP. Nobody works them off here. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class BatchesApiTest {

    @Inject
    BatchWork work;

    @TestHTTPResource
    URI address;

    private static ValidatableResponse create(String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/batches")
                .then();
    }

    private static String made(String body) {
        return create(body)
                .statusCode(201)
                .header("Location", containsString("/api/batches/"))
                .extract()
                .path("id");
    }

    private static ValidatableResponse post(String id, String what) {
        return TestKeys.operator().post("/api/batches/" + id + "/" + what).then();
    }

    private static ValidatableResponse add(String id, String type, String query, String body) {
        return TestKeys.operator()
                .config(RestAssured.config()
                        .encoderConfig(EncoderConfig.encoderConfig()
                                .encodeContentTypeAs("application/x-ndjson", ContentType.TEXT)))
                .contentType(type)
                .body(body)
                .post("/api/batches/" + id + "/items" + query)
                .then();
    }

    @Test
    void aBatchIsMadeSeenSteeredAndListed() {
        String name = "n-" + UUID.randomUUID();
        String id = made("{\"type\":\"sample.pages\",\"name\":\"" + name + "\",\"tenant\":\"" + name
                + "\",\"range\":{\"from\":5,\"to\":9},\"concurrency\":2,\"chunkSize\":3,\"priority\":4,"
                + "\"conflict\":\"merge\",\"startAt\":\"2199-01-01T00:00:00Z\"}".replace("2199", "2027"));

        TestKeys.viewer()
                .get("/api/batches/" + id)
                .then()
                .statusCode(200)
                .body("status", equalTo("pending"))
                .body("total", equalTo(5))
                .body("progress", equalTo(0))
                .body("conflict", equalTo("merge"))
                .body("chunkSize", equalTo(3))
                .body("createdBy", notNullValue());
        TestKeys.viewer()
                .get("/api/batches?status=pending&limit=200&tenant=" + name)
                .then()
                .body("batches", hasSize(1))
                .body("batches[0].name", equalTo(name));
        String items = "/api/batches/" + id + "/items?status=pending&limit=2";
        String next = TestKeys.viewer()
                .get(items)
                .then()
                .body("items.value", equalTo(List.of(5, 6)))
                .extract()
                .path("next");
        TestKeys.viewer().get(items + "&after=" + next).then().body("items.value", equalTo(List.of(7, 8)));
        for (String other : List.of(
                "/api/batches/" + id + "/items?status=failed&after=" + next,
                "/api/batches/" + UUID.randomUUID() + "/items?status=pending&after=" + next,
                "/api/batches?before=" + next,
                items + "&after=1",
                items + "&after=A" + next)) {
            TestKeys.viewer().get(other).then().statusCode(400).body("code", equalTo("invalid-parameter"));
        }
        post(id, "pause").statusCode(200).body("paused", equalTo(true));
        post(id, "resume").statusCode(200).body("paused", equalTo(false));
        post(id, "retry-failed").statusCode(409).body("code", equalTo("batch-state"));
        post(id, "cancel").statusCode(200).body("status", equalTo("cancelled"));
        post(id, "cancel").statusCode(409).body("detail", containsString("The batch is cancelled."));
        post(id, "pause").statusCode(409);
        post(UUID.randomUUID().toString(), "cancel").statusCode(404);
        TestKeys.viewer().get("/api/batches/types").then().body("name", hasItem("sample.lines"));
    }

    @Test
    void aCallThatIsRepeatedUnderItsKeyMakesOneBatch() {
        String key = UUID.randomUUID().toString();
        String body =
                "{\"type\":\"sample.pages\",\"range\":{\"from\":1,\"to\":3},\"startAt\":\"2027-01-01T00:00:00Z\"}";

        String id = createOnce(key, body).statusCode(201).extract().path("id");
        createOnce(key, body)
                .statusCode(200)
                .body("id", equalTo(id))
                .header("Location", endsWith("/api/batches/" + id));
        createOnce(key, body.replace(":3", ":4")).statusCode(422).body("code", equalTo("idempotency-key-reused"));
        createOnce("two words", body).statusCode(400).body("field", equalTo("Idempotency-Key"));
        createOnce(UUID.randomUUID().toString(), body).statusCode(201).body("id", not(equalTo(id)));
    }

    private static ValidatableResponse createOnce(String key, String body) {
        return TestKeys.operator()
                .header("Idempotency-Key", key)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/batches")
                .then();
    }

    @Test
    void itemsComeAsLinesOfJsonAsRowsAndAsAnArray() {
        String id = made("{\"type\":\"sample.lines\",\"open\":true,\"items\":[{\"text\":\"a\"}]}");

        add(id, "application/x-ndjson", "?at=1", "{\"text\":\"b\"}\n\nnot json\n{\"text\":\"1.000000000000000001\"}\n")
                .statusCode(200)
                .body("total", equalTo(4));
        add(id, "text/csv", "?at=4", "text,note\n\"c, d\",x\ntoo,many,columns\ne,\n")
                .statusCode(200)
                .body("total", equalTo(7));
        add(id, "application/json", "?at=7", "[{\"text\":\"f\"}]")
                .statusCode(200)
                .body("total", equalTo(8));

        TestKeys.viewer()
                .get("/api/batches/" + id + "/items?status=pending")
                .then()
                .body("items", hasSize(8))
                .body("items[1].value.text", equalTo("b"))
                .body("items[2].value", equalTo("not json"))
                .body("items[4].value.text", equalTo("c, d"))
                .body("items[5].value", equalTo("too,many,columns"))
                .body("items[6].value.note", equalTo(null))
                .body("items[7].value.text", equalTo("f"));
        add(id, "application/json", "?at=7", "[{\"text\":\"again\"}]")
                .statusCode(409)
                .body("detail", containsString("does not have 7 items"));
        post(id, "seal").statusCode(200).body("open", equalTo(false));
        post(id, "seal").statusCode(409);
        add(id, "application/json", "", "[{}]").statusCode(409).body("detail", containsString("sealed"));
    }

    /** The length that was promised never comes, in whichever way the caller goes. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aBodyThatIsCutOffAddsNothing(boolean politely) throws Exception {
        String id = made("{\"type\":\"sample.lines\",\"open\":true,\"items\":[{\"text\":\"a\"}]}");
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /api/batches/" + id + "/items?at=1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                            + TestKeys.keyOf("operator") + "\r\nContent-Type: application/x-ndjson\r\n"
                            + "Content-Length: 1000\r\n\r\n{\"text\":\"b\"}\n{\"text\":\"c\"}\n{\"te")
                    .getBytes(StandardCharsets.UTF_8));
            out.flush();
            if (politely) {
                socket.shutdownOutput();
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .doesNotContain(" 200 ");
            } else {
                socket.setSoLinger(true, 0);
            }
        }

        TestKeys.viewer().get("/api/batches/" + id).then().body("total", equalTo(1));
        // It is gone on with where it stood.
        add(id, "application/x-ndjson", "?at=1", "{\"text\":\"b\"}\n{\"text\":\"c\"}\n")
                .statusCode(200)
                .body("total", equalTo(3));
        post(id, "cancel").statusCode(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json|{}|invalid-request",
                "application/json|[1|malformed-json",
                "text/csv|''|invalid-request",
                "text/csv|'a,b\n\"open'|malformed-request",
            })
    void aBodyThatCannotBeReadAddsNothing(String type, String body, String code) {
        String id = made("{\"type\":\"sample.lines\",\"open\":true}");

        add(id, type, "", body).statusCode(400).body("code", equalTo(code));

        TestKeys.viewer().get("/api/batches/" + id).then().body("total", equalTo(0));
        post(id, "cancel").statusCode(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|type",
                "{\"type\":\"no.such\"}|type",
                "{\"type\":\"sample.pages\",\"range\":{\"from\":1}}|range.to",
                "{\"type\":\"sample.pages\",\"range\":{\"from\":1,\"to\":1000000000}}|range",
                "{\"type\":\"sample.pages\",\"range\":{\"from\":1,\"to\":2},\"items\":[1]}|range",
                "{\"type\":\"sample.pages\",\"concurrency\":51}|concurrency",
                "{\"type\":\"sample.pages\",\"conflict\":\"fight\"}|conflict",
                "{\"type\":\"sample.pages\",\"parentId\":\"x\"}|parentId",
                "{\"type\":\"sample.pages\",\"callbacks\":{\"onSuccess\":{\"type\":\"no.such\"}}}|callbacks.onSuccess.type",
            })
    void whatCannotBeIsRefusedByName(String body, String field) {
        create(body).statusCode(400).body("code", equalTo("invalid-request")).body("field", equalTo(field));
    }

    @Test
    void chunksThatWereBegunAreListedPageByPage() {
        String id =
                made("{\"type\":\"sample.pages\",\"range\":{\"from\":1,\"to\":10},\"chunkSize\":3,\"adaptive\":false}");
        TestKeys.viewer()
                .get("/api/batches/" + id + "/chunks")
                .then()
                .statusCode(200)
                .body("chunks", hasSize(0))
                .body("waitingItems", equalTo(10))
                .body("waitingChunks", equalTo(4));
        BatchRun run = new BatchRun(UUID.fromString(id), 0, 1);
        Batch batch = get(work.begin(run, "job-1", "worker-1")).orElseThrow();
        Chunk first = get(work.next(batch, run, true)).orElseThrow();
        Instant now = Instant.now();
        BatchWork.State state = get(work.record(
                first,
                List.of(
                        new Recorded(0, ItemResult.completed(), now, now),
                        new Recorded(1, ItemResult.failed("no"), now, now),
                        new Recorded(2, ItemResult.skipped("so"), now, now)),
                true,
                run));
        assertThat(state.next()).isPresent();

        TestKeys.viewer()
                .get("/api/batches/" + id + "/chunks?limit=1")
                .then()
                .body("chunks", hasSize(1))
                .body("chunks[0].chunk", equalTo(0))
                .body("chunks[0].state", equalTo("failed"))
                .body("chunks[0].firstItem", equalTo(0))
                .body("chunks[0].lastItem", equalTo(2))
                .body("chunks[0].jobId", equalTo("job-1"))
                .body("chunks[0].worker", equalTo("worker-1"))
                .body("chunks[0].completed", equalTo(1))
                .body("chunks[0].failed", equalTo(1))
                .body("chunks[0].skipped", equalTo(1))
                .body("chunks[0].finishedAt", notNullValue())
                .body("next", equalTo(0));
        TestKeys.viewer()
                .get("/api/batches/" + id + "/chunks?after=0")
                .then()
                .body("chunks", hasSize(1))
                .body("chunks[0].state", equalTo("running"))
                .body("chunks[0].jobId", equalTo("job-1"))
                .body("chunks[0].worker", equalTo("worker-1"))
                .body("chunks[0].attempts", equalTo(1))
                .body("waitingItems", equalTo(4))
                .body("waitingChunks", equalTo(2))
                .body("next", equalTo(null));

        // The job comes back elsewhere.
        get(work.begin(run, "job-1", "worker-2"));
        assertThat(get(work.next(batch, run, true)).orElseThrow().number()).isEqualTo(1);
        post(id, "cancel").statusCode(200);
        TestKeys.viewer()
                .get("/api/batches/" + id + "/chunks?after=0")
                .then()
                .body("chunks[0].state", equalTo("dropped"))
                .body("chunks[0].worker", equalTo("worker-2"))
                .body("chunks[0].attempts", equalTo(2))
                .body("waitingItems", equalTo(0));
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(30));
    }

    @Test
    void unknownParametersAndWordsAreRefused() {
        TestKeys.viewer().get("/api/batches/unknown/chunks").then().statusCode(404);
        TestKeys.viewer()
                .get("/api/batches/" + UUID.randomUUID() + "/chunks")
                .then()
                .statusCode(404);
        TestKeys.viewer()
                .get("/api/batches/" + UUID.randomUUID() + "/chunks?after=x")
                .then()
                .statusCode(400);
        TestKeys.viewer()
                .get("/api/batches/" + UUID.randomUUID() + "/chunks?limit=1001")
                .then()
                .statusCode(400);
        TestKeys.viewer().get("/api/batches?state=running").then().statusCode(400);
        TestKeys.viewer().get("/api/batches?status=busy").then().statusCode(400);
        TestKeys.viewer().get("/api/batches?before=x").then().statusCode(400);
        TestKeys.viewer().get("/api/batches/" + UUID.randomUUID()).then().statusCode(404);
        TestKeys.viewer().get("/api/batches/unknown/items").then().statusCode(404);
    }

    @Test
    void whoeverListensHearsOfEachChangeUntilTheEnd() throws Exception {
        String id = made("{\"type\":\"sample.pages\",\"range\":{\"from\":1,\"to\":3}}");
        HttpURLConnection listening = (HttpURLConnection)
                address.resolve("/api/batches/" + id + "/events").toURL().openConnection();
        listening.setRequestProperty("Authorization", "Bearer " + TestKeys.keyOf("viewer"));
        listening.setReadTimeout(20_000);
        List<String> heard = new ArrayList<>();
        try (BufferedReader events = new BufferedReader(new InputStreamReader(listening.getInputStream()))) {
            String line = events.readLine();
            while (line != null) {
                if (line.startsWith("data:")) {
                    heard.add(line);
                    if (heard.size() == 1) {
                        post(id, "pause").statusCode(200);
                    } else if (line.contains("\"paused\":true") && line.contains("pending")) {
                        post(id, "cancel").statusCode(200);
                    }
                }
                line = events.readLine();
            }
        }

        assertThat(heard).hasSize(3);
        assertThat(heard.get(0)).contains("\"paused\":false");
        assertThat(heard.get(1)).contains("\"paused\":true");
        assertThat(heard.get(2)).contains("\"status\":\"cancelled\"");
    }
}
