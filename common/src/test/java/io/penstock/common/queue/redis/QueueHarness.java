package io.penstock.common.queue.redis;

import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.JobSteering;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.Line;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.queue.QueueTending;
import io.penstock.common.redis.RedisLink;
import io.penstock.common.testing.RedisFixture;
import io.smallrye.mutiny.Uni;
import io.vertx.core.impl.VertxInternal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A queue on a real Redis, and short words for what tests do with it. */
final class QueueHarness implements AutoCloseable {

    static final String QUEUE = "orders";
    /** A second queue, of two partitions. */
    static final String OTHER = "letters";

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration NO_WAIT = Duration.ofMillis(1);

    final RedisFixture redis = new RedisFixture();
    final QueuePolicy policy;
    private final QueuePolicies policies;
    final RedisJobQueue queue;
    final JobSteering steering;
    final QueueTending tending;
    private final RedisLink link;
    private final RedisQueueConsumers consumers;
    private final List<QueueConsumer> opened = new ArrayList<>();

    QueueHarness(QueuePolicy policy) {
        this.policy = policy;
        policies = new QueuePolicies(List.of(policy, QueuePolicy.defaults(OTHER).withPartitions(2)));
        link = new RedisLink(((VertxInternal) redis.vertx()).createEventLoopContext(), redis.clients(), "test");
        queue = new RedisJobQueue(link, policies, DEADLINE);
        steering = new RedisJobSteering(link, policies, queue, DEADLINE);
        tending = new RedisQueueTending(link, policies, DEADLINE);
        consumers = new RedisQueueConsumers(redis.vertx(), redis.clients(), policies, DEADLINE);
    }

    QueueConsumer worker(String id) {
        return worker(id, Line.MAIN);
    }

    QueueConsumer worker(String id, Line line) {
        QueueConsumer consumer = consumers.open(policy, 0, line, id);
        opened.add(consumer);
        return consumer;
    }

    Enqueued enqueue(String payload) {
        return enqueue(payload, JobOptions.DEFAULT);
    }

    Enqueued enqueue(String payload, JobOptions options) {
        return await(queue.enqueue(job("test.work", payload, options)));
    }

    QueueConsumer otherWorker(String id, int partition) {
        QueueConsumer consumer = consumers.open(policies.named(OTHER), partition, Line.MAIN, id);
        opened.add(consumer);
        return consumer;
    }

    static NewJob otherJob(String payload, JobOptions options) {
        return new NewJob("test.other", OTHER, payload, options, Optional.empty());
    }

    int carryAll() {
        return await(tending.carryOutgoing(policy, 0, 100));
    }

    static NewJob job(String type, String payload, JobOptions options) {
        return new NewJob(type, QUEUE, payload, options, Optional.empty());
    }

    List<ClaimedJob> claim(QueueConsumer worker, int slots) {
        return await(worker.claim(slots, NO_WAIT));
    }

    ClaimedJob claimOne(QueueConsumer worker) {
        List<ClaimedJob> jobs = claim(worker, 1);
        if (jobs.size() != 1) {
            throw new AssertionError("expected one job, got " + jobs);
        }
        return jobs.get(0);
    }

    /** Claims one job that is on its way. */
    ClaimedJob claimSoon(QueueConsumer worker) {
        List<ClaimedJob> jobs = await(worker.claim(1, Duration.ofSeconds(5)));
        if (jobs.size() != 1) {
            throw new AssertionError("expected one job, got " + jobs);
        }
        return jobs.get(0);
    }

    Set<ClaimedJob> finish(QueueConsumer worker, ClaimedJob... jobs) {
        List<FinishedJob> finished = new ArrayList<>();
        for (ClaimedJob job : jobs) {
            finished.add(new FinishedJob(job, Instant.now(), Instant.now(), "\"done\""));
        }
        return await(worker.finish(finished));
    }

    QueueStatus status() {
        return await(queue.status(QUEUE));
    }

    Optional<JobView> find(String id) {
        return await(queue.find(id));
    }

    /** Takes over every job that is under a lease, as if all workers had died. */
    QueueTending.Rescued rescueAll() {
        return await(tending.rescueLost(policy, 0, Duration.ZERO, 1000));
    }

    int promoteAll() {
        return await(tending.promoteDue(policy, 0, 1000));
    }

    static <T> T await(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(10));
    }

    @Override
    public void close() {
        opened.forEach(QueueConsumer::close);
        consumers.close();
        link.close();
        redis.close();
    }
}
