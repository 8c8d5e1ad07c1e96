package io.penstock.common.queue.redis;

import static io.penstock.common.queue.redis.QueueHarness.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.JobEndNotifications;
import io.penstock.common.queue.JobLogLine;
import io.penstock.common.queue.JobOutput;
import io.penstock.common.queue.JobProgress;
import io.penstock.common.queue.ProgressUpdate;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisSubscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What jobs say while they run and when they end, on a real Redis. */
@OnEveryTopology
class JobOutputTest extends QueueContract {

    private static final Instant NOW = Instant.ofEpochMilli(1_790_000_000_000L);
    private static final JobOptions KEPT = JobOptions.DEFAULT.withKeepResult(Duration.ofMinutes(1));

    JobOutputTest(Topology topology) {
        super(topology);
    }

    /** One partition, because tests name keys. */
    @Override
    QueuePolicy policy() {
        return QueuePolicy.defaults(QueueHarness.QUEUE);
    }

    private JobOutput output(String jobId) {
        return await(harness.progressStore.find(jobId));
    }

    private static JobLogLine line(String text) {
        return new JobLogLine(NOW, 1, text);
    }

    private void write(ProgressUpdate... progressStore) {
        await(harness.progressStore.write(QueueHarness.QUEUE, 0, List.of(progressStore)));
    }

    @Test
    void keepsTheLatestProgressAndAllLines() {
        JobProgress half = JobProgress.ofPercent(50, "a;b\nc=d", 2, NOW);
        write(
                new ProgressUpdate("orders~0~0~1-1", JobProgress.ofTotal(1, 4, 2, NOW), List.of(line("one"))),
                new ProgressUpdate("named", JobProgress.ofTotal(3, 4, 1, NOW), List.of()));
        write(new ProgressUpdate("orders~0~0~1-1", half, List.of(line("two;\n3"), line(""))));

        assertThat(output("orders~0~0~1-1")).isEqualTo(new JobOutput(half, null));
        assertThat(output("named").progress()).isEqualTo(new JobProgress(75, null, 3L, 4L, 1, NOW));
        assertThat(await(harness.progressStore.lines("orders~0~0~1-1")))
                .containsExactly(line("one"), line("two;\n3"), line(""));
        assertThat(await(harness.progressStore.lines("named"))).isEmpty();
    }

    @Test
    void forgetsTheOldestLinesAndEverythingInTheEnd() {
        for (int i = 0; i < 4; i++) {
            write(new ProgressUpdate(
                    "named", JobProgress.ofPercent(i, null, 1, NOW), List.of(line(i + "a"), line(i + "b"))));
        }

        assertThat(await(harness.progressStore.lines("named")).stream().map(JobLogLine::text))
                .containsExactly("1b", "2a", "2b", "3a", "3b");
        for (String key : List.of("queue:{orders:0}:job:named", "queue:{orders:0}:job:named:log")) {
            assertThat(harness.redis.count("PTTL", key)).isBetween(1L, QueueHarness.KEEP_OUTPUT.toMillis());
        }
    }

    @Test
    void knowsNothingOfStrangeIds() {
        for (String id :
                List.of("a:b", "orders~0~0~1-1", "other~0~0~1-1", "orders~7~0~1-1", "}", "", "x".repeat(5000))) {
            assertThat(output(id)).isEqualTo(JobOutput.NOTHING);
            assertThat(await(harness.progressStore.lines(id))).isEmpty();
        }
    }

    @Test
    void keepsTheResultOfAJobThatAskedForIt() {
        use(QueuePolicy.defaults(QueueHarness.QUEUE).withKeepCompleted(0));
        QueueConsumer worker = harness.worker("w1");
        String kept = harness.enqueue("{}", KEPT).jobId();
        harness.finish(worker, harness.claimOne(worker));
        String other = harness.enqueue("{}").jobId();
        harness.finish(worker, harness.claimOne(worker));

        JobOutput.End end = output(kept).end();

        assertThat(end).isNotNull();
        assertThat(end.state()).isEqualTo(JobState.COMPLETED);
        assertThat(end.type()).isEqualTo("test.work");
        assertThat(end.result()).isEqualTo("\"done\"");
        assertThat(harness.redis.count("PTTL", "queue:{orders:0}:job:" + kept)).isBetween(1L, 60_000L);
        assertThat(output(other)).isEqualTo(JobOutput.NOTHING);
        assertThat(harness.redis.count("EXISTS", "queue:{orders:0}:job:" + other))
                .isZero();
    }

    @Test
    void keepsProgressWhenTheResultsTimeIsOver() {
        JobOptions short_ = JobOptions.DEFAULT.withKeepResult(Duration.ofMillis(1));
        QueueConsumer worker = harness.worker("w1");
        String id = harness.enqueue("{}", short_).jobId();
        JobProgress progress = JobProgress.ofPercent(100, null, 1, NOW);
        write(new ProgressUpdate(id, progress, List.of()));
        harness.finish(worker, harness.claimOne(worker));
        harness.redis.passMillis(5);

        assertThat(output(id)).isEqualTo(new JobOutput(progress, null));
        assertThat(harness.redis.count("PTTL", "queue:{orders:0}:job:" + id)).isGreaterThan(60_000L);
    }

    @Test
    void keepsWhyAJobWasDropped() {
        use(QueuePolicy.defaults(QueueHarness.QUEUE).withKeepCompleted(0));
        QueueConsumer worker = harness.worker("w1");
        String id = harness.enqueue("{}", KEPT).jobId();
        await(worker.drop(harness.claimOne(worker), Dropped.EXPIRED, "not started by then"));

        JobOutput.End end = output(id).end();

        assertThat(end).isNotNull();
        assertThat(end.state()).isEqualTo(JobState.EXPIRED);
        assertThat(end.reason()).isEqualTo("not started by then");
        assertThat(end.result()).isNull();
    }

    @Test
    void doesNotKeepAResultThatIsTooLarge() {
        QueueConsumer worker = harness.worker("w1");
        String id = harness.enqueue("{}", KEPT).jobId();
        String large = "\"" + "x".repeat(70_000) + "\"";
        await(worker.finish(List.of(new FinishedJob(harness.claimOne(worker), NOW, NOW, large))));

        JobOutput.End end = output(id).end();

        assertThat(end).isNotNull();
        assertThat(end.state()).isEqualTo(JobState.COMPLETED);
        assertThat(end.result()).isNull();
    }

    @Test
    void tellsOfEveryEndOfAJobThatKeepsItsResult() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        Set<String> mine = ConcurrentHashMap.newKeySet();
        CountDownLatch connected = new CountDownLatch(1);
        RedisJobEndNotifications ends = new RedisJobEndNotifications(listener -> harness.redis
                .servers()
                .subscribe(EventLoopContext.create(harness.redis.vertx()), RedisKeys.ENDED_PATTERN, listener));
        ends.listen(new JobEndNotifications.Listener() {
            @Override
            public void ended(String jobId, JobState how) {
                // In a cluster the news of the test before may still be on its way.
                if (mine.contains(jobId)) {
                    heard.add(how + " " + jobId);
                }
            }

            @Override
            public void mayHaveMissed() {
                connected.countDown();
            }
        });
        assertThat(connected.await(10, TimeUnit.SECONDS)).isTrue();
        QueueConsumer worker = harness.worker("w1");
        List<String> expected = new ArrayList<>();
        List<ClaimedJob> jobs = new ArrayList<>();
        for (JobState how : List.of(JobState.COMPLETED, JobState.DEAD, JobState.EXPIRED, JobState.CANCELLED)) {
            String id = harness.enqueue("{}", KEPT).jobId();
            mine.add(id);
            expected.add(how + " " + id);
            jobs.add(harness.claimOne(worker));
        }
        mine.add(harness.enqueue("{}").jobId());
        harness.finish(worker, harness.claimOne(worker));

        harness.finish(worker, jobs.get(0));
        await(worker.bury(jobs.get(1), "why"));
        await(worker.drop(jobs.get(2), Dropped.EXPIRED, "why"));
        await(worker.drop(jobs.get(3), Dropped.CANCELLED, "why"));

        for (String end : expected) {
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(end);
        }
        assertThat(heard).isEmpty();
        ends.close();
    }

    @Test
    void hearsAgainAfterItsConnectionWasCut() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        BlockingQueue<String> connections = new LinkedBlockingQueue<>();
        RedisSubscription subscription = harness.redis
                .servers()
                .subscribe(EventLoopContext.create(harness.redis.vertx()), "cut:*", new RedisSubscription.Listener() {
                    @Override
                    public void heard(String message) {
                        heard.add(message);
                    }

                    @Override
                    public void connected() {
                        connections.add("up");
                    }
                });
        assertThat(connections.poll(10, TimeUnit.SECONDS)).isEqualTo("up");
        harness.redis.run("CLIENT", "KILL", "TYPE", "pubsub");

        assertThat(connections.poll(10, TimeUnit.SECONDS)).isEqualTo("up");
        harness.redis.run("PUBLISH", "cut:1", "hello");

        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("hello");
        subscription.close();
    }
}
