package io.penstock.api.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.history.ErrorFingerprint;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.JobHistoryStore;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class HistoryTest {

    private static final Instant END =
            Instant.now().truncatedTo(ChronoUnit.MILLIS).minusSeconds(60);

    @Inject
    JobHistoryStore store;

    @BeforeEach
    void storeSome() {
        store.append(List.of(
                        row("h-1", "completed", 1, 0, null, null, List.of()),
                        row("h-2", "failed", 1, 1, "cannot reach host 17: <b>bold</b>", "acme", List.of("eu")),
                        row(
                                "h-2",
                                "dead",
                                2,
                                2,
                                "attempt 2 of 2: cannot reach host 18: <b>bold</b>",
                                "acme",
                                List.of("eu")),
                        row("h-3", "completed", 1, 3, null, "other", List.of("eu", "big"))))
                .await()
                .atMost(Duration.ofSeconds(10));
    }

    private static HistoryRow row(
            String id, String state, int attempt, int second, String error, String tenant, List<String> tags) {
        Instant ended = END.plusSeconds(second);
        return HistoryRow.builder(id, "history-queue", "history.type", state, ended.minusSeconds(9), ended)
                .attempt(attempt)
                .maxAttempts(2)
                .priority(4)
                .tenant(tenant)
                .tags(tags)
                .startedAt(ended.minusSeconds(1))
                .waitMs(8_000L)
                .runMs(1_000L)
                .worker("w1")
                .error(error)
                .result(state.equals("completed") ? "{\"n\":1}" : null)
                .build();
    }

    private static Response get(String query) {
        return TestKeys.viewer().urlEncodingEnabled(false).get("/api/history?queue=history-queue" + query);
    }

    @Test
    void endsOfTheLastDayAreListedLatestFirst() {
        get("").then()
                .statusCode(200)
                .body("entries.jobId", contains("h-3", "h-2", "h-2", "h-1"))
                .body("entries.state", contains("completed", "dead", "failed", "completed"))
                .body("entries[0].result.n", equalTo(1))
                .body("entries[0].tags", contains("eu", "big"))
                .body("entries[0].waitMs", equalTo(8_000))
                .body("entries[0].runMs", equalTo(1_000))
                .body("entries[0].worker", equalTo("w1"))
                .body("entries[0]", not(hasKey("error")))
                .body("entries[1].error", containsString("<b>bold</b>"))
                .body("nextCursor", nullValue());
    }

    @ParameterizedTest
    @CsvSource({
        "state=dead, h-2",
        "type=history.type&tag=big, h-3",
        "tenant=other, h-3",
        "id=h-1, h-1",
        "error=REACH%20HOST%2018, h-2",
    })
    void eachFilterFinds(String query, String jobId) {
        get("&" + query).then().statusCode(200).body("entries.jobId", contains(jobId));
    }

    @Test
    void oneErrorIsFoundByItsFingerprint() {
        String fingerprint = ErrorFingerprint.of("cannot reach host 99: <b>bold</b>");
        get("&fingerprint=" + fingerprint)
                .then()
                .body("entries.state", contains("dead", "failed"))
                .body("entries[0].fingerprint", equalTo(fingerprint));
    }

    @Test
    void pagesFollowOneAnother() {
        List<String> states = new ArrayList<>();
        String cursor = null;
        do {
            Response page = get("&limit=1" + (cursor == null ? "" : "&cursor=" + cursor));
            page.then().statusCode(200);
            states.addAll(page.path("entries.state"));
            cursor = page.path("nextCursor");
        } while (cursor != null);

        assertThat(states).containsExactly("completed", "dead", "failed", "completed");
    }

    @Test
    void aCursorIsNotTakenForAnotherQuestion() {
        String cursor = get("&limit=1").path("nextCursor");

        get("&state=dead&cursor=" + cursor)
                .then()
                .statusCode(400)
                .body("field", equalTo("cursor"))
                .body("detail", containsString("another question"));
    }

    @Test
    void timesBoundTheAnswer() {
        get("&from=" + END.plusSeconds(1) + "&to=" + END.plusSeconds(2))
                .then()
                .statusCode(200)
                .body("entries.state", contains("failed"))
                .body("from", equalTo(END.plusSeconds(1).toString()));
    }

    @Test
    void allOfOneJobIsListed() {
        TestKeys.viewer()
                .get("/api/history/h-2")
                .then()
                .statusCode(200)
                .body("entries.state", contains("dead", "failed"));
        TestKeys.viewer().get("/api/history/h-none").then().statusCode(200).body("entries", is(empty()));
    }

    @Test
    void errorsAreGrouped() {
        TestKeys.viewer()
                .get("/api/history/errors?queue=history-queue&type=history.type")
                .then()
                .statusCode(200)
                .body("groups.count", contains(2))
                .body("groups[0].total", equalTo(2))
                .body("groups[0].type", equalTo("history.type"))
                .body("groups[0].fingerprint", equalTo(ErrorFingerprint.of("cannot reach host 1: <b>bold</b>")))
                .body("groups[0].sample", containsString("host 18"))
                .body("groups[0].firstSeen", equalTo(END.plusSeconds(1).toString()));
    }

    @Test
    void aJobThatItsQueueForgotIsAnsweredFromTheHistory() {
        TestKeys.viewer()
                .get("/api/jobs/h-2")
                .then()
                .statusCode(200)
                .body("id", equalTo("h-2"))
                .body("state", equalTo("dead"))
                .body("attempts", equalTo(2))
                .body("error", containsString("cannot reach host"));
        TestKeys.viewer().get("/api/jobs/h-none").then().statusCode(404);
    }

    /** Of a job accepted at the same time as the others of its life. */
    private static HistoryRow ofLife(String id, Instant enqueuedAt, String state, int attempt, int second) {
        HistoryRow row = row(id, state, attempt, second, "no such host", null, List.of());
        return HistoryRow.builder(id, "forgetful-queue", row.type(), state, enqueuedAt, row.endedAt())
                .attempt(attempt)
                .maxAttempts(2)
                .priority(4)
                .startedAt(row.startedAt())
                .waitMs(8_000L)
                .runMs(1_000L)
                .worker("w1")
                .error(state.equals("completed") ? null : row.error())
                .build();
    }

    private static String stateOf(String id) {
        return TestKeys.viewer()
                .get("/api/jobs/" + id)
                .then()
                .statusCode(200)
                .extract()
                .path("state");
    }

    @Test
    void anAttemptsRowNeverPosesAsTheStateOfTheJob() {
        Instant first = END.minusSeconds(30);
        Instant second = END.minusSeconds(5);
        store.append(List.of(
                        // It completed later, and its queue keeps failures only.
                        ofLife("f-1", first, "failed", 1, 1),
                        // The clock of the worker that ended it was late.
                        ofLife("f-2", first, "failed", 1, 3),
                        ofLife("f-2", first, "completed", 2, 2),
                        // The id was used again; how that ended is not known.
                        ofLife("f-3", first, "dead", 2, 1),
                        ofLife("f-3", second, "failed", 1, 2)))
                .await()
                .atMost(Duration.ofSeconds(10));

        assertThat(stateOf("f-1")).isEqualTo("ended");
        assertThat(stateOf("f-2")).isEqualTo("completed");
        assertThat(stateOf("f-3")).isEqualTo("ended");
        TestKeys.viewer().get("/api/jobs/f-1").then().body("$", not(hasKey("finishedAt")));
    }

    @ParameterizedTest
    @CsvSource({
        "/api/history?limit=0, limit, 1 to 200",
        "/api/history?limit=201, limit, 1 to 200",
        "/api/history?from=yesterday, from, 2026-01-31T08:00:00Z",
        "/api/history?to=2026-13-01T00:00:00Z, to, 2026-01-31T08:00:00Z",
        "/api/history?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z, from, before the end",
        "/api/history?from=2026-01-01T00:00:00Z&to=2026-02-02T00:00:00Z, from, at most 31 days",
        "/api/history?from=-999999999-01-01T00:00:00Z, from, between",
        "/api/history?to=9999-12-31T23:59:59Z, to, between",
        "/api/history?state=done, state, completed",
        "/api/history?queue=, queue, 1 to 200",
        "/api/history?type=a%00b, type, NUL",
        "/api/history?tag=, tag, 1 to 200",
        "/api/history?fingerprint=xyz, fingerprint, 16 hexadecimal",
        "/api/history?error=ab, error, at least 3",
        "/api/history?cursor=nonsense, cursor, nextCursor",
        "/api/history?page=2, page, unknown parameter",
        "/api/history?queue=a&queue=b, queue, once",
        "/api/history/a%00b, id, NUL",
        "/api/history/h-1?queue=x, queue, unknown parameter",
        "/api/history/errors?from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z, from, at most 31 days",
        "/api/history/errors?limit=many, limit, 1 to 200",
    })
    void aWrongParameterIsNamed(String path, String field, String allowed) {
        TestKeys.viewer()
                .urlEncodingEnabled(false)
                .get(path)
                .then()
                .statusCode(400)
                .body("code", equalTo("invalid-parameter"))
                .body("field", equalTo(field))
                .body("detail", containsString(allowed));
    }
}
