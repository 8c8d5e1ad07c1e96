package io.penstock.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.SampleJobs;
import io.penstock.api.TestKeys;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueConsumers;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Acting on accepted jobs over HTTP. The queue is worked off by the test itself. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class JobAdminTest {

    private static final String QUEUE = SampleJobs.REPORT.queue();
    private static final String DELAYED = "{\"payload\":{\"text\":\"a\"},\"options\":{\"delayMs\":3600000}}";
    private static final String READY = "{\"payload\":{\"text\":\"a\"}}";

    @Inject
    QueueConsumers consumers;

    @Inject
    QueuePolicies policies;

    @Inject
    JobAdmin jobAdmin;

    private QueueConsumer worker;

    @BeforeEach
    void open() {
        get(jobAdmin.purge(QUEUE, JobAdmin.Purge.ALL));
        worker = consumers.open(policies.named(QUEUE), 0, Lane.MAIN, "test");
    }

    @AfterEach
    void close() {
        worker.close();
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(10));
    }

    private static String enqueue(String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/jobs/sample.report")
                .then()
                .statusCode(202)
                .extract()
                .path("jobId");
    }

    private ClaimedJob running() {
        enqueue(READY);
        List<ClaimedJob> jobs = get(worker.claim(1, Duration.ofSeconds(1)));
        assertThat(jobs).hasSize(1);
        return jobs.get(0);
    }

    private String dead() {
        ClaimedJob job = running();
        get(worker.bury(job, "hopeless"));
        return job.id();
    }

    private static ValidatableResponse post(String path, String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .post(path)
                .then();
    }

    private static ValidatableResponse cancel(String id) {
        return TestKeys.operator().post("/api/jobs/{id}/cancel", id).then();
    }

    private static ValidatableResponse delete(String id) {
        return TestKeys.operator().delete("/api/jobs/{id}", id).then();
    }

    private static ValidatableResponse put(String id, String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .put("/api/jobs/{id}", id)
                .then();
    }

    private static ValidatableResponse look(String id) {
        return TestKeys.viewer().get("/api/jobs/{id}", id).then();
    }

    /** A dead parent and the dead child that it died with. */
    private List<String> deadFamily() {
        String member = "{\"type\":\"sample.report\",\"payload\":{\"text\":\"m\"}}";
        List<String> family = post(
                        "/api/jobs/family",
                        "{\"parent\":" + member + ",\"children\":[" + member + "],\"onChildFailure\":\"fail\"}")
                .statusCode(202)
                .extract()
                .path("jobs.jobId");
        buryChild();
        await().untilAsserted(() -> look(family.get(0)).body("state", equalTo("dead")));
        return family;
    }

    private void buryChild() {
        get(worker.bury(get(worker.claim(1, Duration.ofSeconds(1))).get(0), "hopeless"));
    }

    @Test
    void aRetriedParentWaitsForItsChildUnlessItIsToBeIgnored() {
        List<String> family = deadFamily();
        String retry = "/api/jobs/" + family.get(0) + "/retry";

        post(retry, "{\"children\":\"maybe\"}").statusCode(400).body("field", equalTo("children"));
        post(retry, "{}").statusCode(200).body("state", equalTo("awaiting_children"));
        look(family.get(1)).body("state", equalTo("waiting"));
        buryChild();
        await().untilAsserted(() -> look(family.get(0)).body("state", equalTo("dead")));

        post(retry, "{\"children\":\"ignore\"}").statusCode(200).body("state", equalTo("waiting"));
        look(family.get(1)).body("state", equalTo("dead"));
    }

    @Test
    void anEditedParentThatComesBackWaitsForItsChildToo() {
        List<String> family = deadFamily();
        String version = versionOf(family.get(0));

        put(family.get(0), "{\"version\":\"" + version + "\",\"payload\":{\"text\":\"n\"},\"children\":\"retry\"}")
                .statusCode(400)
                .body("field", equalTo("children"));
        put(
                        family.get(0),
                        "{\"version\":\"" + version
                                + "\",\"payload\":{\"text\":\"n\"},\"requeue\":true,\"children\":\"retry\"}")
                .statusCode(200);
        look(family.get(0)).body("state", equalTo("awaiting_children"));
        look(family.get(1)).body("state", equalTo("waiting"));
    }

    private static String versionOf(String id) {
        return look(id).statusCode(200).extract().path("version");
    }

    private static void assertMovedOn(ValidatableResponse answer, String state) {
        answer.statusCode(409)
                .contentType("application/problem+json")
                .body("code", equalTo("job-moved-on"))
                .body("state", equalTo(state));
    }

    @Test
    void aWaitingJobIsCancelledAtOnce() {
        String id = enqueue(READY);

        cancel(id).statusCode(200).body("jobId", equalTo(id)).body("state", equalTo("cancelled"));

        look(id).statusCode(200).body("state", equalTo("cancelled")).body("error", not(equalTo("")));
        assertMovedOn(cancel(id), "cancelled");
        assertMovedOn(post("/api/jobs/" + id + "/retry", "{}"), "cancelled");
    }

    @Test
    void aRunningJobIsAskedToStop() {
        ClaimedJob job = running();

        cancel(job.id()).statusCode(202).body("state", equalTo("active"));

        look(job.id())
                .body("state", equalTo("active"))
                .body("cancellation.status", equalTo("requested"))
                .body("cancellation.requestedAt", notNullValue());
        assertMovedOn(delete(job.id()), "active");
        get(worker.drop(job, Dropped.CANCELLED, "stopped"));
        look(job.id()).body("state", equalTo("cancelled")).body("cancellation.status", equalTo("acknowledged"));
    }

    @Test
    void aJobIsDeletedWithoutATrace() {
        String id = enqueue(DELAYED);

        delete(id).statusCode(204);

        look(id).statusCode(404);
        delete(id).statusCode(404).body("code", equalTo("job-not-found"));
    }

    @Test
    void aDeadJobIsRetried() {
        String id = dead();
        assertMovedOn(cancel(id), "dead");

        post("/api/jobs/" + id + "/retry", "{\"keepAttempts\":true}")
                .statusCode(200)
                .body("state", equalTo("waiting"));

        look(id).body("state", equalTo("waiting")).body("attempts", equalTo(1));
        assertMovedOn(post("/api/jobs/" + id + "/retry", "{}"), "waiting");
    }

    @Test
    void aScheduledJobIsRunNow() {
        String id = enqueue(DELAYED);

        TestKeys.operator()
                .post("/api/jobs/{id}/run-now", id)
                .then()
                .statusCode(200)
                .body("state", equalTo("waiting"));

        assertMovedOn(TestKeys.operator().post("/api/jobs/{id}/run-now", id).then(), "waiting");
    }

    @Test
    void aJobIsEditedIfItIsAsItWasSeen() {
        String id = enqueue(DELAYED);
        String version = versionOf(id);

        put(
                        id,
                        "{\"version\":\"%s\",\"payload\":{\"text\":\"b\",\"ms\":7},\"options\":{\"priority\":4}}"
                                .formatted(version))
                .statusCode(200)
                .body("payload.text", equalTo("b"))
                .body("priority", equalTo(4))
                .body("state", equalTo("scheduled"))
                .body("version", not(equalTo(version)));

        assertMovedOn(put(id, "{\"version\":\"%s\",\"requeue\":true}".formatted(version)), "scheduled");
        put(id, "{\"version\":\"%s\",\"requeue\":true}".formatted(versionOf(id)))
                .statusCode(200)
                .body("state", equalTo("waiting"))
                .body("payload.ms", equalTo(7));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}|version",
                "{\"version\":\"\"}|version",
                "{\"version\":\"V\"}|payload",
                "{\"version\":\"V\",\"payload\":{}}|payload.text",
                "{\"version\":\"V\",\"payload\":null}|payload.text",
                "{\"version\":\"V\",\"payload\":{\"text\":\"a\",\"x\":1}}|payload.x",
                "{\"version\":\"V\",\"options\":{\"priority\":11}}|options.priority",
                "{\"version\":\"V\",\"options\":{\"delayMs\":-1}}|options.delayMs",
                "{\"version\":\"V\",\"options\":{\"id\":\"another\"}}|options.id",
                "{\"version\":\"V\",\"requeue\":true,\"options\":{\"delayMs\":5}}|requeue",
                "{\"version\":\"V\",\"unknown\":1}|unknown",
            })
    void anEditThatIsNotAcceptableNamesItsField(String bodyAndField) {
        String id = enqueue(DELAYED);
        String version = versionOf(id);
        String body = bodyAndField.substring(0, bodyAndField.lastIndexOf('|')).replace("\"V\"", "\"" + version + "\"");
        String field = bodyAndField.substring(bodyAndField.lastIndexOf('|') + 1);

        put(id, body).statusCode(400).body("field", equalTo(field));

        assertThat(versionOf(id)).isEqualTo(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x~0~0~1-1", "sample-reports~0~0~1-1", "sample-reports~99999~9~1-1", "*", "nothing", "é"})
    void whatDoesNotExistIsNotFound(String id) {
        cancel(id).statusCode(404).body("code", equalTo("job-not-found")).body("state", nullValue());
        delete(id).statusCode(404);
        TestKeys.operator().post("/api/jobs/{id}/run-now", id).then().statusCode(404);
        TestKeys.operator()
                .contentType(ContentType.JSON)
                .post("/api/jobs/{id}/retry", id)
                .then()
                .statusCode(404);
        put(id, "{\"version\":\"1\",\"payload\":{\"text\":\"a\"}}").statusCode(404);
    }

    @Test
    void aQueueIsDrainedAndPurgedOfWhatIsNamed() {
        enqueue(READY);
        enqueue(READY);
        enqueue(DELAYED);
        running();
        String dead = dead();

        post("/api/queues/" + QUEUE + "/drain", "{\"jobs\":\"waiting\"}")
                .statusCode(200)
                .body("more", is(false));
        TestKeys.viewer()
                .get("/api/queues/" + QUEUE)
                .then()
                .body("waiting", equalTo(0))
                .body("scheduled", equalTo(1))
                .body("dead", equalTo(1));
        post("/api/queues/" + QUEUE + "/drain", "{\"jobs\":\"waiting-and-delayed\"}")
                .statusCode(200)
                .body("jobs", equalTo(1));
        TestKeys.admin()
                .contentType(ContentType.JSON)
                .body("{\"jobs\":\"dead\"}")
                .post("/api/queues/" + QUEUE + "/purge")
                .then()
                .statusCode(200)
                .body("queue", equalTo(QUEUE))
                .body("jobs", equalTo(1));
        look(dead).statusCode(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"jobs\":null}", "{\"jobs\":\"everything\"}", "{\"jobs\":\"WAITING\"}", "{\"all\":true}"
            })
    void emptyingAQueueTakesAClearWord(String body) {
        post("/api/queues/" + QUEUE + "/drain", body).statusCode(400);
        TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/queues/" + QUEUE + "/purge")
                .then()
                .statusCode(400);
        post("/api/queues/unknown/drain", "{\"jobs\":\"waiting\"}")
                .statusCode(404)
                .body("code", equalTo("unknown-queue"));
    }
}
