package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.event.JobEvent;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.Secret;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.JobLogLine;
import io.penstock.common.queue.JobOutput;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.ProgressStore;
import io.penstock.common.queue.ProgressUpdate;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.queue.redis.RedisQueueConsumers;
import io.penstock.common.redis.ReconnectingConnection;
import io.penstock.common.testing.RedisFixture;
import io.penstock.worker.testkit.TestWorker;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handlers that tell what they should not. */
class SecretPayloadTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String CARD = "4111-1111-1111-1111";

    record Charge(String order, @Secret String card) {}

    private static final JobType<Charge> CHARGE =
            JobType.of("test.charge", Charge.class).queue("work");
    private static final QueuePolicy POLICY = QueuePolicy.defaults("work").withConcurrency(1);
    private static final QueuePolicies POLICIES = new QueuePolicies(List.of(POLICY));

    private final RedisFixture redis = new RedisFixture();
    private final ReconnectingConnection link =
            new ReconnectingConnection(EventLoopContext.create(redis.vertx()), redis.clients(), "test");
    private final RedisJobQueue queue = new RedisJobQueue(link, POLICIES, Duration.ofSeconds(5));
    private final RedisQueueConsumers consumers =
            new RedisQueueConsumers(redis.vertx(), redis.servers(), POLICIES, Duration.ofSeconds(5));
    private final List<JobEvent> events = new CopyOnWriteArrayList<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<Charge> handled = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        consumers.close();
        link.close();
        redis.close();
    }

    @Test
    void errorsDoNotQuoteSecrets() {
        JobView job = run((charge, log) -> {
            throw new IllegalStateException("card " + charge.card() + " of " + charge.order() + " was declined");
        });

        assertThat(job.error()).contains("card *** of o-1 was declined").doesNotContain(CARD);
        assertThat(events.toString()).contains("card *** of o-1").doesNotContain("card " + CARD);
        assertThat(handled).containsExactly(new Charge("o-1", CARD));
    }

    @Test
    void reasonsDoNotQuoteSecrets() {
        JobView job = run((charge, log) -> Uni.createFrom().item(Outcome.fail("declined: " + charge.card())));

        assertThat(job.error()).isEqualTo("declined: ***");
    }

    @Test
    void linesAndProgressDoNotQuoteSecrets() {
        run((charge, log) -> {
            log.log("charging " + charge.card());
            log.progress(50, "half of " + charge.card());
            return Uni.createFrom().item(Outcome.fail("enough"));
        });

        await().untilAsserted(() -> assertThat(told).contains("charging ***", "half of ***"));
    }

    private JobView run(BiFunction<Charge, JobContext, Uni<Outcome>> handler) {
        QueueWorker worker = new TestWorker(redis.vertx(), consumers, POLICIES)
                .set("claim-wait", "200ms")
                .progressSettings(new ProgressSettings(new Told(), Duration.ofMillis(10), 100, 1_000))
                .doing(CHARGE, (charge, job) -> {
                    handled.add(charge);
                    return handler.apply(charge, job);
                })
                .heardBy(events::add)
                .start(POLICY);
        try {
            String id = get(queue.enqueue(NewJob.of(
                            CHARGE,
                            "{\"order\":\"o-1\",\"card\":\"" + CARD + "\"}",
                            JobOptions.DEFAULT.withAttempts(1))))
                    .jobId();
            await().atMost(LIMIT).until(() -> get(queue.find(id))
                    .filter(job -> job.state() == JobState.DEAD)
                    .isPresent());
            await().atMost(LIMIT).until(() -> !events.isEmpty());
            return get(queue.find(id)).orElseThrow();
        } finally {
            worker.stop(Duration.ZERO).await().atMost(LIMIT);
        }
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(LIMIT);
    }

    /** Keeps what jobs tell. */
    private final class Told implements ProgressStore {

        @Override
        public Uni<Void> write(String name, int partition, List<ProgressUpdate> updates) {
            for (ProgressUpdate update : updates) {
                update.lines().forEach(line -> told.add(line.text()));
                if (update.progress() != null) {
                    told.add(String.valueOf(update.progress().message()));
                }
            }
            return Uni.createFrom().voidItem();
        }

        @Override
        public Uni<JobOutput> find(String jobId) {
            return Uni.createFrom().item(JobOutput.NOTHING);
        }

        @Override
        public Uni<List<JobLogLine>> lines(String jobId) {
            return Uni.createFrom().item(List.of());
        }
    }
}
