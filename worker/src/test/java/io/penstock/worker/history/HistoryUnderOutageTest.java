package io.penstock.worker.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.queue.redis.RedisQueueConsumers;
import io.penstock.common.redis.ReconnectingConnection;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.PostgresFixture;
import io.penstock.common.testing.RedisFixture;
import io.penstock.worker.run.QueueWorker;
import io.penstock.worker.testkit.TestWorker;
import io.smallrye.mutiny.Uni;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers whose PostgreSQL stops and comes back while jobs run. */
@Tag("slow")
class HistoryUnderOutageTest {

    private static final int BUFFER = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path data;

    private final int port = EmbeddedServers.freePort();
    private final RedisFixture redis = new RedisFixture();
    private final ReconnectingConnection link =
            new ReconnectingConnection(EventLoopContext.create(redis.vertx()), redis.clients(), "test");
    private final QueuePolicies policies = new QueuePolicies(
            List.of(QueuePolicy.defaults(HistoryHarness.ALL), QueuePolicy.defaults(HistoryHarness.NONE)));
    private final RedisQueueConsumers consumers =
            new RedisQueueConsumers(redis.vertx(), redis.clients(), policies, Duration.ofSeconds(5));
    private final RedisJobQueue queue = new RedisJobQueue(link, policies, Duration.ofSeconds(5));
    private final List<QueueWorker> workers = new ArrayList<>();

    @AfterEach
    void close() {
        workers.forEach(worker -> worker.stop(Duration.ZERO).await().atMost(PATIENCE));
        consumers.close();
        link.close();
        redis.close();
    }

    @Test
    void losesNothingThatIsBufferedStopsClaimsWhenFullAndGoesOn() throws Exception {
        EmbeddedPostgres server = EmbeddedServers.startPostgres(data, port);
        try (PostgresFixture postgres = new PostgresFixture("127.0.0.1:" + port + "/postgres")) {
            HistoryHarness history = new HistoryHarness(
                    postgres, BUFFER, new HistoryWriter.Settings(20, Duration.ofMillis(50), Duration.ofSeconds(10)));
            start(HistoryHarness.ALL, history);
            start(HistoryHarness.NONE, history);
            enqueue(HistoryHarness.ALL, 50);
            await().atMost(PATIENCE).until(() -> history.rows() == 50);

            server.close();
            enqueue(HistoryHarness.ALL, 500);
            enqueue(HistoryHarness.NONE, 100);

            // Claims stop while jobs are left, and what is held is bounded by the buffer and what was running.
            await().atMost(PATIENCE).until(history.buffer::isFull);
            await().atMost(PATIENCE).until(() -> active(HistoryHarness.ALL) == 0);
            long left = waiting(HistoryHarness.ALL);
            assertThat(left).isPositive();
            assertThat(history.buffer.size())
                    .isGreaterThanOrEqualTo(BUFFER)
                    .isLessThan(BUFFER + 2 * QueuePolicy.defaults("any").slots().concurrency() + 50);
            // A queue that keeps no history is not held up.
            await().atMost(PATIENCE).until(() -> waiting(HistoryHarness.NONE) == 0);
            assertThat(waiting(HistoryHarness.ALL)).isEqualTo(left);
            await().atMost(PATIENCE)
                    .until(() -> history.registry
                                    .get("penstock.history.waiting")
                                    .gauge()
                                    .value()
                            == 1);
            assertThat(history.registry.get("penstock.history.full").gauge().value())
                    .isEqualTo(1);

            server = EmbeddedServers.startPostgres(data, port);

            await().atMost(PATIENCE).until(() -> history.buffer.size() == 0 && waiting(HistoryHarness.ALL) == 0);
            await().atMost(PATIENCE).until(() -> history.rows() == 550);
            assertThat(postgres.count("SELECT count(DISTINCT job_id) FROM job_history"))
                    .isEqualTo(550);
            assertThat(history.registry.get("penstock.history.waiting").gauge().value())
                    .isZero();
            history.close();
        } finally {
            server.close();
        }
    }

    private long waiting(String name) {
        return get(queue.status(name)).waiting();
    }

    private long active(String name) {
        return get(queue.status(name)).active();
    }

    private void enqueue(String name, int count) {
        get(queue.enqueueAll(IntStream.range(0, count)
                .mapToObj(i -> new NewJob("test." + name, name, "{}", 1, JobOptions.DEFAULT, Optional.empty()))
                .toList()));
    }

    private void start(String name, HistoryHarness history) {
        JobType<Object> type = JobType.of("test." + name, Object.class).queue(name);
        workers.add(new TestWorker(redis.vertx(), consumers, policies)
                .named("w-" + name)
                .set("claim-wait", "200ms")
                .doing(type, (payload, job) -> Uni.createFrom().item(Outcome.completed("done")))
                .heardBy(history.recorder)
                .heldUpBy(history.backpressure)
                .start(QueuePolicy.defaults(name)));
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(PATIENCE);
    }
}
