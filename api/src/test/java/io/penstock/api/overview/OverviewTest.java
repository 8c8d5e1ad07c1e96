package io.penstock.api.overview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.figures.FigureNames;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.testing.ServersResource;
import io.penstock.common.workers.WorkerBoard;
import io.penstock.common.workers.WorkerOrder;
import io.penstock.common.workers.WorkerProfile;
import io.penstock.common.workers.WorkerState;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Workers, overview, series and live feed over HTTP. The worker is played by the test. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class OverviewTest {

    private static final String WORKER = "played-worker";
    private static final String QUEUE = "orders";

    @Inject
    WorkerBoard board;

    @Inject
    JobQueue queue;

    @Inject
    FiguresTask figures;

    @Inject
    LiveFeed feed;

    @TestHTTPResource
    URI address;

    @BeforeEach
    void live() {
        beat(WorkerState.RUNNING, true, Map.of());
    }

    @AfterEach
    void leave() {
        get(board.leave(WORKER));
        get(queue.resume(QUEUE));
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(10));
    }

    private WorkerBoard.Answer beat(String activity, boolean first, Map<String, Long> done) {
        WorkerProfile profile = new WorkerProfile(
                "host-a",
                "10.0.0.9",
                42,
                "1.2.3",
                Instant.now(),
                0,
                List.of(new WorkerProfile.Queue(QUEUE, 5)),
                List.of("orders.pay"));
        long now = Instant.now().toEpochMilli();
        WorkerState state = new WorkerState(
                activity,
                1_000,
                2_000,
                -12,
                0,
                List.of(new WorkerState.Load(QUEUE, 3)),
                List.of(new WorkerState.Job("j-1", "orders.pay", QUEUE, 2, now - 5_000, 30_000, 25_000)));
        return get(board.beat(WORKER, Optional.of(profile), first, state, done));
    }

    private static ValidatableResponse order(String id, String what) {
        return TestKeys.operator().post("/api/workers/" + id + "/" + what).then();
    }

    @Test
    void aWorkerIsShownWithWhatItRuns() {
        TestKeys.viewer()
                .get("/api/workers/" + WORKER)
                .then()
                .statusCode(200)
                .body("state", equalTo("running"))
                .body("host", equalTo("host-a"))
                .body("version", equalTo("1.2.3"))
                .body("slots.used", equalTo(3))
                .body("slots.total", equalTo(5))
                .body("queues[0].running", equalTo(3))
                .body("running[0].id", equalTo("j-1"))
                .body("running[0].attempt", equalTo(2))
                .body("runningMore", equalTo(2))
                .body("clockOffMs", equalTo(-12))
                .body("order", nullValue());
        TestKeys.viewer()
                .get("/api/workers")
                .then()
                .statusCode(200)
                .body("workers.id", hasItem(WORKER))
                .body("serves.find { it.queue == 'orders' }.slots", equalTo(5))
                .body("serves.find { it.queue == 'analysis' }.workers", equalTo(0));
    }

    @Test
    void anOrderWaitsUntilTheWorkerHasTakenItUp() {
        order(WORKER, "quiet").statusCode(202).body("order", equalTo("quiet")).body("state", equalTo("running"));
        assertThat(beat(WorkerState.RUNNING, false, Map.of()).order()).contains(WorkerOrder.QUIET);
        beat(WorkerState.QUIET, false, Map.of());
        TestKeys.viewer()
                .get("/api/workers/" + WORKER)
                .then()
                .body("state", equalTo("quiet"))
                .body("order", nullValue());
        order(WORKER, "resume").statusCode(202).body("order", equalTo("resume"));
        order(WORKER, "stop").statusCode(202).body("order", equalTo("stop"));
        order("nobody", "stop").statusCode(404).body("code", equalTo("not-found"));
        TestKeys.viewer().get("/api/workers?x=1").then().statusCode(400);
    }

    @Test
    void theOverviewTellsWhatIsWrongAndHowMuchThereIs() {
        get(queue.pause(QUEUE));
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> TestKeys.viewer()
                .get("/api/overview")
                .then()
                .statusCode(200)
                .body("totals.pausedQueues", hasItem(QUEUE))
                .body("totals.workers.alive", not(equalTo(0)))
                .body("unknown", hasSize(0))
                .body("checks", equalTo(14))
                .body("queues.find { it.queue == 'orders' }.paused", is(true))
                .body("queues.find { it.queue == 'orders' }.workers", equalTo(1))
                .body("queues.find { it.queue == 'orders' }.waitingHour", hasSize(60))
                // The test's own Redis keeps nothing on disk.
                .body("problems.kind", hasItem("redis-unsafe")));
        TestKeys.viewer().get("/api/overview?x=1").then().statusCode(400);
    }

    @Test
    void whatWorkersDidIsAStepOfTheSeries() {
        beat(
                WorkerState.RUNNING,
                false,
                Map.of(FigureNames.completed(QUEUE), 120L, FigureNames.waited(QUEUE, 20), 120L));
        Instant now = Instant.now();
        get(figures.write(now.plusSeconds(65)));
        for (String window : List.of("15m", "1h", "6h", "24h", "7d", "1m")) {
            TestKeys.viewer()
                    .get("/api/overview/series?window=" + window + "&queue=" + QUEUE)
                    .then()
                    .statusCode(200)
                    .body("window", equalTo(window))
                    .body(
                            "completed",
                            hasSize(Map.of("15m", 15, "1h", 60, "6h", 36, "24h", 144, "7d", 168, "1m", 6)
                                    .get(window)));
        }
        TestKeys.viewer()
                .get("/api/overview/series?window=2h")
                .then()
                .statusCode(400)
                .body("field", equalTo("window"));
        TestKeys.viewer().get("/api/overview/series?queue=none").then().statusCode(404);
    }

    private HttpURLConnection listen(String lastEventId) throws IOException {
        HttpURLConnection listening =
                (HttpURLConnection) address.resolve("/api/events").toURL().openConnection();
        listening.setRequestProperty("Authorization", "Bearer " + TestKeys.keyOf("viewer"));
        listening.setReadTimeout(20_000);
        if (lastEventId != null) {
            listening.setRequestProperty("Last-Event-ID", lastEventId);
        }
        return listening;
    }

    /** The next event of the topic; its id and its data. */
    private static List<String> next(BufferedReader events, String topic) throws IOException {
        String id = "";
        String name = "";
        for (String line = events.readLine(); line != null; line = events.readLine()) {
            if (line.startsWith("id:")) {
                id = line.substring(3).strip();
            } else if (line.startsWith("event:")) {
                name = line.substring(6).strip();
            } else if (line.startsWith("data:") && name.equals(topic)) {
                return List.of(id, line.substring(5));
            }
        }
        throw new IOException("the stream ended before an event '" + topic + "'");
    }

    @Test
    void aListenerHearsTheStateThenChangesAndGoesOnWhereItWas() throws IOException {
        String last;
        // What is told first is what was read last, when this worker may not have been there.
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            try (BufferedReader events =
                    new BufferedReader(new InputStreamReader(listen(null).getInputStream()))) {
                return next(events, LiveFeed.SNAPSHOT).get(1).contains(WORKER);
            }
        });
        try (BufferedReader events =
                new BufferedReader(new InputStreamReader(listen(null).getInputStream()))) {
            List<String> snapshot = next(events, LiveFeed.SNAPSHOT);
            assertThat(snapshot.get(1))
                    .contains("\"queue\":\"orders\"")
                    .contains(WORKER)
                    .contains("problems");
            get(queue.pause(QUEUE));
            List<String> changed = next(events, LiveFeed.QUEUES);
            assertThat(changed.get(1)).contains("\"queue\":\"orders\"").contains("\"paused\":true");
            last = changed.get(0);
        }
        get(queue.resume(QUEUE));
        try (BufferedReader events =
                new BufferedReader(new InputStreamReader(listen(last).getInputStream()))) {
            List<String> changed = next(events, LiveFeed.QUEUES);
            assertThat(changed.get(1)).contains("\"queue\":\"orders\"").contains("\"paused\":false");
        }
        try (BufferedReader events =
                new BufferedReader(new InputStreamReader(listen("another-7").getInputStream()))) {
            assertThat(next(events, LiveFeed.SNAPSHOT).get(1)).contains("orders");
        }
    }

    @Test
    void aListenerThatTakesNothingIsCutOff() {
        AtomicBoolean dropped = new AtomicBoolean();
        AssertSubscriber<LiveEvent> silent = AssertSubscriber.create(0);
        feed.listen(Optional.empty(), () -> dropped.set(true)).subscribe().withSubscriber(silent);
        await().atMost(Duration.ofSeconds(15)).untilTrue(dropped);
        silent.assertHasNotReceivedAnyItem().assertCompleted();
    }

    @Test
    void aListenerThatReadsSlowlyHearsTheLatestOnly() {
        AssertSubscriber<LiveEvent> slow = AssertSubscriber.create(1);
        feed.listen(Optional.empty(), () -> {}).subscribe().withSubscriber(slow);
        await().atMost(Duration.ofSeconds(10)).until(() -> slow.getItems().size() == 1);
        get(queue.pause(QUEUE));
        get(queue.resume(QUEUE));
        get(queue.pause(QUEUE));
        slow.request(1);
        await().atMost(Duration.ofSeconds(10)).until(() -> slow.getItems().size() == 2);
        assertThat(slow.getItems().get(1).json()).contains("\"paused\":true");
        slow.cancel();
    }
}
