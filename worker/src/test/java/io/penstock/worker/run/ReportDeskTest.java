package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobEvents;
import io.penstock.common.queue.JobLine;
import io.penstock.common.queue.JobReport;
import io.penstock.common.queue.JobReports;
import io.penstock.common.queue.JobSaid;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicy;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
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
class ReportDeskTest {

    private static final Duration NEVER = Duration.ofHours(1);

    private final Vertx vertx = Vertx.vertx();
    private final List<List<JobReport>> written = new CopyOnWriteArrayList<>();
    private final List<JobEvent> events = new CopyOnWriteArrayList<>();
    private Supplier<Uni<Void>> answer = () -> Uni.createFrom().voidItem();

    @AfterEach
    void close() {
        vertx.close();
    }

    private ReportDesk desk(Duration writeEvery, int maxWaiting) {
        JobReports store = new JobReports() {
            @Override
            public Uni<Void> write(String queue, int partition, List<JobReport> reports) {
                written.add(List.copyOf(reports));
                return answer.get();
            }

            @Override
            public Uni<JobSaid> find(String jobId) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Uni<List<JobLine>> lines(String jobId) {
                throw new UnsupportedOperationException();
            }
        };
        return new ReportDesk(
                consumer(),
                new Reporting(store, writeEvery, maxWaiting, 10),
                new JobEvents(List.of(events::add)),
                ((VertxInternal) vertx).createEventLoopContext());
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

    private static void finish(ReportDesk desk, JobVoice voice) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        desk.finish(voice, done::countDown);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private int droppedWords() {
        return events.stream()
                .mapToInt(event -> ((JobEvent.WordsDropped) event).count())
                .sum();
    }

    @Test
    void writesTheLatestOfManyJobsInOneCall() {
        ReportDesk desk = desk(Duration.ofMillis(200), 1_000);
        for (int job = 0; job < 50; job++) {
            JobVoice voice = new JobVoice(desk, "job-" + job, 1);
            for (int percent = 0; percent <= 100; percent++) {
                voice.percent(percent, null);
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
        ReportDesk desk = desk(Duration.ofMillis(1), 1_000);

        finish(desk, new JobVoice(desk, "silent", 1));

        assertThat(written).isEmpty();
    }

    @Test
    void writesLastWordsBeforeItGoesOnAndHearsNothingAfterwards() throws Exception {
        ReportDesk desk = desk(NEVER, 1_000);
        JobVoice voice = new JobVoice(desk, "job", 2);
        voice.total(3, 4);
        voice.line("0123456789 and more");

        finish(desk, voice);
        voice.percent(80, "too late");
        voice.line("too late");
        finish(desk, voice);

        assertThat(written).hasSize(1);
        JobReport report = written.get(0).get(0);
        assertThat(report.progress().percent()).isEqualTo(75);
        assertThat(report.lines()).containsExactly(new JobLine(Instant.EPOCH, 2, "0123456789…"));
    }

    @Test
    void goesOnWhenLastWordsCannotBeWritten() throws Exception {
        ReportDesk desk = desk(NEVER, 1_000);
        JobVoice voice = new JobVoice(desk, "job", 1);
        voice.line("a");
        answer = () -> Uni.createFrom().failure(new IllegalStateException("away"));
        finish(desk, voice);

        JobVoice other = new JobVoice(desk, "other", 1);
        other.percent(1, null);
        answer = () -> Uni.createFrom().nothing();
        finish(desk, other);

        assertThat(droppedWords()).isEqualTo(2);
    }

    @Test
    void keepsABoundedNumberOfLinesAndSaysHowManyItDropped() throws Exception {
        ReportDesk desk = desk(NEVER, 1_000);
        JobVoice voice = new JobVoice(desk, "job", 1);
        for (int i = 0; i < JobReport.MAX_LINES + 50; i++) {
            voice.line("line");
        }

        finish(desk, voice);

        List<JobLine> lines = written.get(0).get(0).lines();
        assertThat(lines).hasSize(JobReport.MAX_LINES);
        assertThat(lines.get(JobReport.MAX_LINES - 1).text()).isEqualTo("51 lines were dropped: too many at once");
        assertThat(droppedWords()).isEqualTo(51);
    }

    @Test
    void lendsABoundedNumberOfJobsItsEar() {
        ReportDesk desk = desk(NEVER, 3);
        List<JobVoice> voices = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            JobVoice voice = new JobVoice(desk, "job-" + i, 1);
            voice.percent(1, null);
            voices.add(voice);
        }

        assertThat(droppedWords()).isEqualTo(2);
        assertThat(voices).allSatisfy(voice -> voice.percent(2, null));
        assertThat(droppedWords()).isEqualTo(4);
    }
}
