package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobEvents;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.JobLogLine;
import io.penstock.common.queue.JobOutput;
import io.penstock.common.queue.ProgressStore;
import io.penstock.common.queue.ProgressUpdate;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicy;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How what jobs say is gathered, bounded and dropped. The store is a list; the real one has its own tests. */
class ProgressWriterTest {

    private static final Duration NEVER = Duration.ofHours(1);

    private final Vertx vertx = Vertx.vertx();
    private final List<List<ProgressUpdate>> written = new CopyOnWriteArrayList<>();
    private final List<JobEvent> events = new CopyOnWriteArrayList<>();
    private Supplier<Uni<Void>> answer = () -> Uni.createFrom().voidItem();

    @AfterEach
    void close() {
        vertx.close();
    }

    private ProgressWriter writer(Duration writeInterval, int maxWaiting) {
        ProgressStore store = new ProgressStore() {
            @Override
            public Uni<Void> write(String queue, int partition, List<ProgressUpdate> reports) {
                written.add(List.copyOf(reports));
                return answer.get();
            }

            @Override
            public Uni<JobOutput> find(String jobId) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Uni<List<JobLogLine>> lines(String jobId) {
                throw new UnsupportedOperationException();
            }
        };
        return new ProgressWriter(
                consumer(),
                new ProgressSettings(store, writeInterval, maxWaiting, 10),
                new JobEvents(List.of(events::add)),
                EventLoopContext.create(vertx));
    }

    private static QueueConsumer consumer() {
        return (QueueConsumer) Proxy.newProxyInstance(
                QueueConsumer.class.getClassLoader(),
                new Class<?>[] {QueueConsumer.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "policy" -> QueuePolicy.defaults("work");
                    case "partition" -> 0;
                    case "now" -> Instant.EPOCH;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static void finish(ProgressWriter writer, JobProgressBuffer progressBuffer) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        writer.finish(progressBuffer, done::countDown);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private int droppedWords() {
        return events.stream()
                .mapToInt(event -> ((JobEvent.ProgressDropped) event).count())
                .sum();
    }

    @Test
    void writesTheLatestOfManyJobsInOneCall() {
        ProgressWriter writer = writer(Duration.ofMillis(200), 1_000);
        for (int job = 0; job < 50; job++) {
            JobProgressBuffer progressBuffer = new JobProgressBuffer(writer, "job-" + job, 1);
            for (int percent = 0; percent <= 100; percent++) {
                progressBuffer.percent(percent, null);
            }
        }

        await().until(() -> !written.isEmpty());

        assertThat(written).hasSize(1);
        assertThat(written.get(0))
                .hasSize(50)
                .allMatch(report -> report.progress().percent() == 100);
    }

    @Test
    void writesNothingForJobsThatSayNothing() throws Exception {
        ProgressWriter writer = writer(Duration.ofMillis(1), 1_000);

        finish(writer, new JobProgressBuffer(writer, "silent", 1));

        assertThat(written).isEmpty();
    }

    @Test
    void writesLastWordsBeforeItGoesOnAndHearsNothingAfterwards() throws Exception {
        ProgressWriter writer = writer(NEVER, 1_000);
        JobProgressBuffer progressBuffer = new JobProgressBuffer(writer, "job", 2);
        progressBuffer.total(3, 4);
        progressBuffer.line("0123456789 and more");

        finish(writer, progressBuffer);
        progressBuffer.percent(80, "too late");
        progressBuffer.line("too late");
        finish(writer, progressBuffer);

        assertThat(written).hasSize(1);
        ProgressUpdate report = written.get(0).get(0);
        assertThat(report.progress().percent()).isEqualTo(75);
        assertThat(report.lines()).containsExactly(new JobLogLine(Instant.EPOCH, 2, "0123456789…"));
    }

    @Test
    void goesOnWhenLastWordsCannotBeWritten() throws Exception {
        ProgressWriter writer = writer(NEVER, 1_000);
        JobProgressBuffer progressBuffer = new JobProgressBuffer(writer, "job", 1);
        progressBuffer.line("a");
        answer = () -> Uni.createFrom().failure(new IllegalStateException("away"));
        finish(writer, progressBuffer);

        JobProgressBuffer other = new JobProgressBuffer(writer, "other", 1);
        other.percent(1, null);
        answer = () -> Uni.createFrom().nothing();
        finish(writer, other);

        assertThat(droppedWords()).isEqualTo(2);
    }

    @Test
    void keepsABoundedNumberOfLinesAndSaysHowManyItDropped() throws Exception {
        ProgressWriter writer = writer(NEVER, 1_000);
        JobProgressBuffer progressBuffer = new JobProgressBuffer(writer, "job", 1);
        for (int i = 0; i < ProgressUpdate.MAX_LINES + 50; i++) {
            progressBuffer.line("line");
        }

        finish(writer, progressBuffer);

        List<JobLogLine> lines = written.get(0).get(0).lines();
        assertThat(lines).hasSize(ProgressUpdate.MAX_LINES);
        assertThat(lines.get(ProgressUpdate.MAX_LINES - 1).text()).isEqualTo("51 lines were dropped: too many at once");
        assertThat(droppedWords()).isEqualTo(51);
    }

    @Test
    void lendsABoundedNumberOfJobsItsEar() {
        ProgressWriter writer = writer(NEVER, 3);
        List<JobProgressBuffer> voices = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            JobProgressBuffer progressBuffer = new JobProgressBuffer(writer, "job-" + i, 1);
            progressBuffer.percent(1, null);
            voices.add(progressBuffer);
        }

        assertThat(droppedWords()).isEqualTo(2);
        assertThat(voices).allSatisfy(progressBuffer -> progressBuffer.percent(2, null));
        assertThat(droppedWords()).isEqualTo(4);
    }
}
