package io.penstock.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.SampleJobs;
import io.penstock.api.SampleJobs.Note;
import io.penstock.api.TestKeys;
import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobLogLine;
import io.penstock.common.queue.JobProgress;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.ProgressStore;
import io.penstock.common.queue.ProgressUpdate;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueConsumers;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading, and waiting for, what jobs say. The test plays the worker. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class JobOutputTest {

    private static final JobOptions KEPT = JobOptions.DEFAULT.withKeepResult(Duration.ofMinutes(5));
    private static final String QUEUE = "sample-words";

    /** Below the time after which a waiting caller's job is looked at anyway. */
    private static final Duration TOLD = Duration.ofSeconds(12);

    @Inject
    JobEnqueuer jobs;

    @Inject
    QueueConsumers consumers;

    @Inject
    QueuePolicies policies;

    @Inject
    ProgressStore progressStore;

    @Inject
    PayloadCodec codec;

    @Inject
    ResultSubscribers subscribers;

    private QueueConsumer worker;

    @BeforeEach
    void open() {
        worker = consumers.open(policies.named(QUEUE), 0, Lane.MAIN, "test");
    }

    @AfterEach
    void close() {
        worker.close();
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }

    private String enqueue(JobOptions options) {
        return get(jobs.enqueue(SampleJobs.WORD, new Note("hello", 1), options)).jobId();
    }

    private ClaimedJob claim(String id) {
        while (true) {
            for (ClaimedJob job : get(worker.claim(1, Duration.ofSeconds(5)))) {
                if (job.id().equals(id)) {
                    return job;
                }
                finish(job, null);
            }
        }
    }

    private void finish(ClaimedJob job, String result) {
        get(worker.finish(List.of(new FinishedJob(job, Instant.now(), Instant.now(), result))));
    }

    private static Response result(String id, String query) {
        return TestKeys.viewer().get("/api/jobs/" + id + "/result" + query);
    }

    private Future<Response> waitForResult(String id) {
        int before = subscribers.waiting();
        Future<Response> answer = CompletableFuture.supplyAsync(() -> result(id, "?wait=30s"));
        await().until(() -> subscribers.waiting() > before || answer.isDone());
        return answer;
    }

    private static Response told(Future<Response> answer) throws Exception {
        return answer.get(TOLD.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void aCallerIsToldTheResultAtOnce() throws Exception {
        String id = enqueue(KEPT);
        Future<Response> answer = waitForResult(id);

        finish(claim(id), "{\"sum\":3}");

        told(answer)
                .then()
                .statusCode(200)
                .body("id", equalTo(id))
                .body("state", equalTo("completed"))
                .body("result.sum", equalTo(3));
        await().until(() -> subscribers.waiting() == 0);
    }

    @Test
    void aCallerIsToldAtOnceThatThereWillBeNoResult() throws Exception {
        List<String> ids = new ArrayList<>();
        List<Future<Response>> answers = new ArrayList<>();
        List<ClaimedJob> claimed = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String id = enqueue(KEPT);
            ids.add(id);
            claimed.add(claim(id));
            answers.add(waitForResult(id));
        }

        get(worker.bury(claimed.get(0), "no use\n\tat a.stack.Trace"));
        get(worker.drop(claimed.get(1), Dropped.EXPIRED, "too late"));
        get(worker.drop(claimed.get(2), Dropped.CANCELLED, "called off"));

        List<String> states = List.of("dead", "expired", "cancelled");
        List<String> reasons = List.of("no use", "too late", "called off");
        for (int i = 0; i < 3; i++) {
            told(answers.get(i))
                    .then()
                    .statusCode(410)
                    .body("state", equalTo(states.get(i)))
                    .body("reason", equalTo(reasons.get(i)));
            result(ids.get(i), "").then().statusCode(410).body("reason", equalTo(reasons.get(i)));
        }
    }

    @Test
    void aJobThatHasNotEndedIsAnsweredWithItsState() {
        String id = enqueue(KEPT);

        result(id, "").then().statusCode(202).body("state", equalTo("waiting"));
        ClaimedJob job = claim(id);
        result(id, "?wait=300ms")
                .then()
                .statusCode(202)
                .body("state", equalTo("active"))
                .body("result", nullValue());
        finish(job, null);
        result(id, "?wait=30s").then().statusCode(200).body("result", nullValue());
    }

    @Test
    void aJobThatDidNotAskToKeepItsResultIsLookedAtInTheEnd() throws Exception {
        String id = enqueue(JobOptions.DEFAULT);
        ClaimedJob job = claim(id);
        int before = subscribers.waiting();
        Future<Response> answer = CompletableFuture.supplyAsync(() -> result(id, "?wait=3s"));
        await().until(() -> subscribers.waiting() > before || answer.isDone());

        finish(job, "\"pong\"");

        told(answer).then().statusCode(200).body("result", equalTo("pong"));
    }

    @Test
    void anIdThatIsUsedAgainHasANewResult() {
        String id = "again-" + System.nanoTime();
        enqueue(KEPT.withId(id));
        finish(claim(id), "1");
        result(id, "").then().statusCode(200).body("result", equalTo(1));

        enqueue(KEPT.withId(id));
        result(id, "").then().statusCode(202);
        finish(claim(id), "2");

        result(id, "").then().statusCode(200).body("result", equalTo(2));
    }

    @Test
    void noMoreCallersWaitThanThereIsRoomFor() throws Exception {
        String id = enqueue(KEPT);
        ClaimedJob job = claim(id);
        List<Future<Response>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(waitForResult(id));
        }

        result(id, "?wait=30s").then().statusCode(202);

        finish(job, "true");
        for (Future<Response> answer : answers) {
            told(answer).then().statusCode(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"wait=61s", "wait=-1s", "wait=1", "wait=1h", "wait=99999999s", "wait=", "wit=1s", "decrypt=yes"})
    void aWrongParameterIsRefused(String query) {
        result("any", "?" + query).then().statusCode(400).body("code", equalTo("invalid-parameter"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-job", "sample-words~0~0~1-1", "sample-words~9~0~1-1", "%7B%7D", "a%00b", "*"})
    void anUnknownJobIsNotFound(String id) {
        for (String what : List.of("result", "progress", "log")) {
            TestKeys.viewer()
                    .urlEncodingEnabled(false)
                    .get("/api/jobs/" + id + "/" + what)
                    .then()
                    .statusCode(404)
                    .body("code", equalTo("job-not-found"));
        }
    }

    @Test
    void progressAndLinesAreShown() {
        String id = enqueue(JobOptions.DEFAULT);
        TestKeys.viewer().get("/api/jobs/{id}/progress", id).then().statusCode(404);
        TestKeys.viewer().get("/api/jobs/{id}/log", id).then().statusCode(200).body("lines", empty());
        Instant now = Instant.now();
        get(progressStore.write(
                QUEUE,
                0,
                List.of(new ProgressUpdate(
                        id,
                        JobProgress.ofTotal(3, 12, 1, now),
                        List.of(new JobLogLine(now, 1, "<b>one</b>"), new JobLogLine(now, 2, "two\nthree"))))));

        TestKeys.viewer()
                .get("/api/jobs/{id}/progress", id)
                .then()
                .statusCode(200)
                .body("percent", equalTo(25))
                .body("done", equalTo(3))
                .body("total", equalTo(12))
                .body("attempt", equalTo(1))
                .body("message", nullValue());
        TestKeys.viewer()
                .get("/api/jobs/{id}/log", id)
                .then()
                .statusCode(200)
                .body("lines.text", equalTo(List.of("<b>one</b>", "two\nthree")))
                .body("lines.attempt", equalTo(List.of(1, 2)));
    }

    @Test
    void whatIsEncryptedIsShownToAdminsWhoAskAndTheLogSaysSo() throws Exception {
        ConcurrentLinkedQueue<String> logged = new ConcurrentLinkedQueue<>();
        Handler recorder = new Recorder(logged);
        Logger.getLogger("io.penstock").addHandler(recorder);
        String id = get(jobs.enqueue(SampleJobs.SECRET, new Note("the secret", 1), KEPT))
                .jobId();
        try {
            TestKeys.viewer()
                    .get("/api/jobs/{id}", id)
                    .then()
                    .statusCode(200)
                    .body("payload", equalTo("encrypted"))
                    .body(not(containsString("the secret")));
            TestKeys.operator().get("/api/jobs/{id}?decrypt=true", id).then().statusCode(403);
            TestKeys.admin().get("/api/jobs/{id}", id).then().body("payload", equalTo("encrypted"));
            TestKeys.admin().get("/api/jobs/{id}?decrypt=true", id).then().body("payload.text", equalTo("the secret"));

            ClaimedJob job = claim(id);
            assertThat(job.payload()).startsWith("\"enc:1:test-1:").doesNotContain("secret");
            finish(job, codec.encodeResult(job, "the secret result"));

            result(id, "").then().statusCode(200).body("result", equalTo("encrypted"));
            TestKeys.viewer().get("/api/jobs/{id}", id).then().body("result", equalTo("encrypted"));
            result(id, "?decrypt=true").then().statusCode(403);
            TestKeys.admin()
                    .get("/api/jobs/{id}/result?decrypt=true", id)
                    .then()
                    .statusCode(200)
                    .body("result", equalTo("the secret result"));
        } finally {
            Logger.getLogger("io.penstock").removeHandler(recorder);
        }
        assertThat(logged)
                .anyMatch(line -> line.startsWith("payload of job " + id + " (sample.secret) was decrypted for "))
                .anyMatch(line -> line.startsWith("result of job " + id + " (sample.secret) was decrypted for "))
                .noneMatch(line -> line.contains("the secret"));
    }

    private static final class Recorder extends Handler {

        private final ConcurrentLinkedQueue<String> logged;

        Recorder(ConcurrentLinkedQueue<String> logged) {
            this.logged = logged;
        }

        @Override
        public void publish(LogRecord line) {
            logged.add(new PatternFormatter("%s").format(ExtLogRecord.wrap(line)));
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
