package io.penstock.api.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.SampleJobs;
import io.penstock.api.TestKeys;
import io.penstock.common.history.ErrorFingerprint;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.JobHistoryStore;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueConsumers;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of jobs, their errors, and why a job waits, over HTTP. The queue is worked off by the test itself. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class JobSearchTest {

    private static final String QUEUE = SampleJobs.REPORT.queue();

    @Inject
    QueueConsumers consumers;

    @Inject
    QueuePolicies policies;

    @Inject
    JobAdmin jobAdmin;

    @Inject
    JobHistoryStore store;

    private QueueConsumer worker;

    @BeforeEach
    void open() {
        get(jobAdmin.purge(QUEUE, JobAdmin.Purge.ALL));
        worker = consumers.open(policies.named(QUEUE), 0, Lane.MAIN, "searcher");
    }

    @AfterEach
    void close() {
        get(jobAdmin.purge(QUEUE, JobAdmin.Purge.ALL));
        worker.close();
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(10));
    }

    private static String enqueue(String text, String options) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body("{\"payload\":{\"text\":\"" + text + "\",\"ms\":7},\"options\":{" + options + "}}")
                .post("/api/jobs/sample.report")
                .then()
                .statusCode(202)
                .extract()
                .path("jobId");
    }

    private static List<String> enqueue(int count, String options) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(enqueue("note " + i, options));
        }
        return ids;
    }

    private static Response list(String query) {
        return TestKeys.viewer().urlEncodingEnabled(false).get("/api/jobs?queue=" + QUEUE + query);
    }

    private static ValidatableResponse found(String query) {
        return list(query).then().statusCode(200);
    }

    private static List<String> all(String query) {
        List<String> ids = new ArrayList<>();
        String cursor = "";
        do {
            Response page = list(query + cursor);
            assertThat(page.statusCode()).isEqualTo(200);
            ids.addAll(page.path("jobs.id"));
            String next = page.path("nextCursor");
            cursor = next == null ? "" : "&cursor=" + next;
        } while (!cursor.isEmpty());
        return ids;
    }

    private ClaimedJob claim() {
        return get(worker.claim(1, Duration.ofSeconds(5))).get(0);
    }

    private String bury(String error) {
        ClaimedJob job = claim();
        get(worker.bury(job, error));
        return job.id();
    }

    @Test
    void waitingJobsAreListedPageByPage() {
        List<String> ids = enqueue(7, "");
        found("&state=waiting&limit=3")
                .body("jobs.id", equalTo(ids.subList(0, 3)))
                .body("jobs[0].state", equalTo("waiting"))
                .body("jobs[0].type", equalTo("sample.report"))
                .body("jobs[0].payload", nullValue())
                .body("total.count", equalTo(7))
                .body("total.atLeast", is(false))
                .body("complete", is(true));
        assertThat(all("&state=waiting&limit=3")).isEqualTo(ids);
    }

    @Test
    void everyLiveStateHasItsJobsAndAllHaveThemAll() {
        String running = enqueue("a", "");
        get(worker.claim(1, Duration.ofSeconds(5)));
        String retrying = enqueue("b", "");
        get(worker.retryLater(claim(), Duration.ofHours(1), "not yet"));
        String dead = enqueue("c", "");
        assertThat(bury("hopeless")).isEqualTo(dead);
        String scheduled = enqueue("d", "\"delayMs\":3600000");
        String waiting = enqueue("e", "");
        // Other tests have left jobs that run, and such as have ended.
        found("&state=active")
                .body("jobs.id", hasItem(running))
                .body("jobs.find { it.id == '" + running + "' }.worker", equalTo("searcher"));
        found("&state=retrying").body("jobs.id", contains(retrying)).body("jobs[0].error", equalTo("not yet"));
        found("&state=dead")
                .body("jobs.id", contains(dead))
                .body("jobs[0].fingerprint", equalTo(ErrorFingerprint.of("hopeless")));
        found("&state=scheduled").body("jobs.id", contains(scheduled));
        found("&state=waiting").body("jobs.id", contains(waiting));
        List<String> own = List.of(running, waiting, retrying, scheduled, dead);
        assertThat(all("&limit=100")).filteredOn(own::contains).isEqualTo(own);
        assertThat(all("&limit=1"))
                .doesNotHaveDuplicates()
                .filteredOn(own::contains)
                .isEqualTo(own);
        TestKeys.viewer()
                .get("/api/jobs/counts?queue=" + QUEUE)
                .then()
                .statusCode(200)
                .body("states.waiting.count", equalTo(1))
                .body("states.active.count", greaterThanOrEqualTo(1))
                .body("states.scheduled.count", equalTo(1))
                .body("states.retrying.count", equalTo(1))
                .body("states.dead.count", equalTo(1))
                .body("states.completed.atLeast", is(false));
        get(jobAdmin.cancel(running, "the test is over"));
    }

    @Test
    void filtersFindLiveJobs() {
        enqueue(3, "");
        String id = enqueue("a needle & more", "\"tenant\":\"acme\",\"tags\":[\"eu\",\"big\"],\"group\":\"g\"");
        for (String filter : List.of(
                "tenant=acme",
                "tag=big",
                "group=g",
                "text=NEEDLE%20%26",
                "payload.text=a%20needle%20%26%20more",
                "payload.ms=7&tenant=acme",
                "id=" + id)) {
            found("&state=waiting&" + filter)
                    .body("jobs.id", contains(id))
                    .body("total.count", equalTo(1))
                    .body("total.atLeast", is(false));
        }
        found("&state=waiting&payload=true&tag=eu").body("jobs[0].payload.text", equalTo("a needle & more"));
        found("&state=waiting&type=sample.note").body("jobs", empty());
        found("&state=waiting&payload.ms=8").body("jobs", empty());
        found("&state=dead&id=" + id).body("jobs", empty());
        found("&state=waiting&to=2020-01-01T00:00:00Z").body("jobs", empty());
        found("&state=waiting&from=2020-01-01T00:00:00Z").body("jobs", hasSize(4));
    }

    private static HistoryRow row(String id, String state, int second, String error) {
        Instant ended = Instant.now().minusSeconds(600).plusSeconds(second);
        return HistoryRow.builder(id, QUEUE, "sample.report", state, ended.minusSeconds(9), ended)
                .attempt(1)
                .maxAttempts(2)
                .priority(4)
                .tenant("old")
                .error(error)
                .payload("{\"text\":\"kept\",\"ms\":1}")
                .build();
    }

    @Test
    void jobsThatHaveEndedComeFromTheHistoryInTheSameShape() {
        String about = "s-" + System.nanoTime();
        get(store.append(List.of(
                row(about + "-1", "completed", 1, null),
                row(about + "-2", "completed", 2, null),
                row(about + "-3", "cancelled", 3, null),
                row(about + "-4", "failed", 4, "no price of " + about))));
        found("&state=completed&tenant=old&limit=1")
                .body("jobs[0].id", equalTo(about + "-2"))
                .body("jobs[0].state", equalTo("completed"))
                .body("total.atLeast", is(false));
        found("&state=completed&id=" + about + "-1").body("jobs.id", contains(about + "-1"));
        found("&state=failed&text=" + about).body("jobs.id", contains(about + "-4"));
        found("&state=cancelled&payload.text=kept&payload=true")
                .body("jobs.id", hasItem(about + "-3"))
                .body("jobs[0].payload.text", equalTo("kept"));
        assertThat(all("&tenant=old&limit=1")).contains(about + "-3", about + "-2", about + "-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=1000000",
                "limit=0",
                "limit=x",
                "state=gone",
                "stat=dead",
                "state=dead&state=dead",
                "text=ab",
                "error=%00abc",
                "fingerprint=xyz",
                "from=yesterday",
                "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
                "state=completed&from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z",
                "payload.=1",
                "payload..a=1",
                "payload.a.b.c.d.e.f.g.h.i.j.k=1",
                "payload=maybe",
                "payload.a=1&payload.b=1&payload.c=1&payload.d=1&payload.e=1&payload.f=1",
                "cursor=nonsense",
                "cursor=MSAx",
                "tenant=",
            })
    void whatIsNoFilterIsRefusedWithAReason(String query) {
        list("&" + query)
                .then()
                .statusCode(400)
                .body("code", equalTo("invalid-parameter"))
                .body("field", notNullValue())
                .body("detail", notNullValue());
    }

    @Test
    void aCursorIsRefusedForAnotherQuestionOrWhenItWasChanged() {
        enqueue(3, "");
        String cursor = list("&state=waiting&limit=1").path("nextCursor");
        list("&state=dead&limit=1&cursor=" + cursor).then().statusCode(400).body("field", equalTo("cursor"));
        for (int i = 0; i < cursor.length() - 1; i += 7) {
            char other = cursor.charAt(i) == 'A' ? 'B' : 'A';
            String changed = cursor.substring(0, i) + other + cursor.substring(i + 1);
            list("&state=waiting&limit=1&cursor=" + changed).then().statusCode(400);
        }
        list("&state=waiting&limit=2&cursor=" + cursor).then().statusCode(200).body("jobs", hasSize(2));
    }

    @Test
    void aQueueThatDoesNotExistIsTold() {
        for (String path :
                List.of("/api/jobs?queue=none", "/api/jobs/counts?queue=none", "/api/jobs/errors?queue=none")) {
            TestKeys.viewer().get(path).then().statusCode(404).body("code", equalTo("unknown-queue"));
        }
    }

    @Test
    void errorsAreGroupedAndAGroupIsRetried() {
        String error = "offer 17 has no price in " + SampleJobs.REPORT.name();
        get(store.append(List.of(
                row("e-1-" + System.nanoTime(), "dead", 1, error),
                row("e-2-" + System.nanoTime(), "dead", 2, "offer 18 has no price in sample.report"))));
        String fingerprint = ErrorFingerprint.of(error);
        TestKeys.viewer()
                .get("/api/jobs/errors?queue=" + QUEUE)
                .then()
                .statusCode(200)
                .body("groups.fingerprint", hasItem(fingerprint))
                .body("groups.find { it.fingerprint == '" + fingerprint + "' }.lastHour", hasSize(12))
                .body("groups.find { it.fingerprint == '" + fingerprint + "' }.sample", containsString("no price"));
        enqueue("a", "");
        enqueue("b", "");
        bury("offer 99 has no price in sample.report");
        bury("something else");
        retry(fingerprint, "{\"dryRun\":true,\"queue\":\"" + QUEUE + "\"}")
                .statusCode(200)
                .body("matching", equalTo(1));
        retry("nothing", "{}").statusCode(400).body("field", equalTo("fingerprint"));
        retry(fingerprint, "{\"queue\":\"none\"}").statusCode(404);
        retry(fingerprint, "{\"queue\":\"" + QUEUE + "\"}")
                .statusCode(202)
                .body("action", equalTo("retry"))
                .body("filter.fingerprint", equalTo(fingerprint));
    }

    private static ValidatableResponse retry(String fingerprint, String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/jobs/errors/" + fingerprint + "/retry")
                .then();
    }

    private static ValidatableResponse waiting(String id) {
        return TestKeys.viewer().get("/api/jobs/" + id + "/waiting").then();
    }

    @Test
    void aJobTellsWhyItWaits() {
        List<String> ids = enqueue(3, "");
        waiting(ids.get(2))
                .statusCode(200)
                .body("waits", is(true))
                .body("gates.kind", containsInAnyOrder("worker", "queue", "turn"))
                .body("gates.find { it.kind == 'worker' }.open", is(false))
                .body("gates.find { it.kind == 'turn' }.ahead.count", equalTo(2))
                .body("closed", equalTo(2));
        String delayed = enqueue("later", "\"delayMs\":3600000");
        waiting(delayed)
                .body("gates[0].kind", equalTo("delay"))
                .body("gates[0].why", equalTo("scheduled"))
                .body("gates[0].open", is(false));
        ClaimedJob running = claim();
        waiting(running.id()).body("waits", is(false)).body("gates", empty());
        waiting("nobody").statusCode(404).body("code", equalTo("job-not-found"));
        get(worker.bury(running, "over"));
        await().until(() -> list("&state=dead").path("jobs.size()").equals(1));
    }
}
