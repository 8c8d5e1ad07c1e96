package io.penstock.common.queue.redis;

import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.LimitOverride;
import io.penstock.common.queue.LimitOverrides;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueLimits;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.queue.UnreportedEnd;
import io.penstock.common.queue.UnreportedEnds;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.RedisFixture;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** A queue on a real Redis, be it one server or a cluster, and short words for what tests do with it. */
final class QueueHarness implements AutoCloseable {

    static final String QUEUE = "orders";
    /** A second queue, of two partitions. */
    static final String OTHER = "letters";

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    static final Duration KEEP_OUTPUT = Duration.ofMinutes(10);
    static final int MAX_LINES = 5;
    private static final Duration NO_WAIT = Duration.ofMillis(1);

    final RedisFixture redis;
    final QueuePolicy policy;
    private final QueuePolicies policies;
    final RedisJobQueue queue;
    final JobAdmin jobAdmin;
    final QueueMaintainer maintainer;
    final UnreportedEnds unreportedEnds;
    final RedisProgressStore progressStore;
    private final RedisRouter routes;
    private final RedisQueueConsumers consumers;
    private final List<QueueConsumer> opened = new ArrayList<>();

    QueueHarness(Topology topology, QueuePolicy policy) {
        this(topology.open(), policy);
    }

    /** @param redis is closed with the harness */
    QueueHarness(RedisFixture redis, QueuePolicy policy) {
        this.redis = redis;
        this.policy = policy;
        policies = new QueuePolicies(List.of(policy, QueuePolicy.defaults(OTHER).withPartitions(2)));
        routes = redis.routes();
        queue = new RedisJobQueue(routes, policies, DEADLINE);
        jobAdmin = new RedisJobAdmin(routes, policies, queue, DEADLINE);
        maintainer = new RedisQueueMaintainer(routes, policies, DEADLINE);
        unreportedEnds = new RedisUnreportedEnds(routes, DEADLINE);
        progressStore = new RedisProgressStore(routes, policies, DEADLINE, KEEP_OUTPUT, MAX_LINES);
        consumers = new RedisQueueConsumers(redis.vertx(), redis.servers(), policies, DEADLINE);
    }

    /** The same queue, as another producer sees it who remembers idempotency keys for so long. */
    RedisJobQueue remembering(Duration keyRetention) {
        return new RedisJobQueue(routes, policies, DEADLINE, keyRetention);
    }

    QueueConsumer worker(String id) {
        return worker(id, Lane.MAIN);
    }

    /** A worker that serves all partitions. */
    QueueConsumer worker(String id, Lane lane) {
        QueueConsumer consumer = new AllPartitions(partitions()
                .mapToObj(partition -> consumers.open(policy, partition, lane, id))
                .toList());
        opened.add(consumer);
        return consumer;
    }

    /** One that was given another policy than the producers, as during a deployment. */
    QueueConsumer worker(String id, QueuePolicy other) {
        QueueConsumer consumer = new AllPartitions(partitions()
                .mapToObj(partition -> consumers.open(other, partition, Lane.MAIN, id))
                .toList());
        opened.add(consumer);
        return consumer;
    }

    /** What one claim loop of a worker uses. */
    QueueConsumer consumer(int partition, String workerId) {
        QueueConsumer consumer = consumers.open(policy, partition, Lane.MAIN, workerId);
        opened.add(consumer);
        return consumer;
    }

    IntStream partitions() {
        return IntStream.range(0, policy.partitions());
    }

    /** Runs a command that answers with a number on a key of each partition, and adds the answers up. */
    int sum(String command, BiFunction<String, Integer, String> key) {
        return partitions()
                .map(partition ->
                        redis.run(command, key.apply(policy.queue(), partition)).toInteger())
                .sum();
    }

    Enqueued enqueue(String payload) {
        return enqueue(payload, JobOptions.DEFAULT);
    }

    Enqueued enqueue(String payload, JobOptions options) {
        return await(queue.enqueue(job("test.work", payload, options)));
    }

    QueueConsumer otherWorker(String id, int partition) {
        QueueConsumer consumer = consumers.open(policies.named(OTHER), partition, Lane.MAIN, id);
        opened.add(consumer);
        return consumer;
    }

    static NewJob otherJob(String payload, JobOptions options) {
        return new NewJob("test.other", OTHER, payload, 1, options, Optional.empty());
    }

    int carryAll() {
        return await(maintainer.forwardOutgoing(policy, 0, 100));
    }

    static NewJob job(String type, String payload, JobOptions options) {
        return new NewJob(type, QUEUE, payload, 1, options, Optional.empty());
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

    /** As if an operator had changed the limits and every process knew. */
    void override(QueueLimits limits) {
        policies.override(new LimitOverrides(1, Map.of(QUEUE, new LimitOverride(limits, "operator", Instant.EPOCH))));
    }

    boolean fitGroups() {
        return partitions()
                .mapToObj(partition -> await(maintainer.fitGroups(policy, partition)))
                .reduce(false, (a, b) -> a || b);
    }

    QueueStatus status() {
        return await(queue.status(QUEUE));
    }

    Optional<JobView> find(String id) {
        return await(queue.find(id));
    }

    /** Takes over every job that is under a lease, as if all workers had died. */
    QueueMaintainer.Rescued rescueAll() {
        return rescue(Duration.ZERO);
    }

    QueueMaintainer.Rescued rescue(Duration lease) {
        return partitions()
                .mapToObj(partition ->
                        await(maintainer.rescueLost(policy, partition, lease, QueueMaintainer.HeadStart.NONE, 1000)))
                .reduce(
                        new QueueMaintainer.Rescued(0, 0),
                        (a, b) -> new QueueMaintainer.Rescued(a.returned() + b.returned(), a.buried() + b.buried()));
    }

    /** The ends of all partitions that no worker told of. */
    List<UnreportedEnd> unreported() {
        return partitions()
                .mapToObj(partition ->
                        await(unreportedEnds.oldest(policy, partition, 1000)).ends())
                .flatMap(List::stream)
                .toList();
    }

    int promoteAll() {
        return partitions()
                .map(partition ->
                        await(maintainer.promoteDue(policy, partition, 1000)).moved())
                .sum();
    }

    int forgetIdleWorkers() {
        return partitions()
                .map(partition -> await(maintainer.forgetIdleWorkers(policy, partition, Duration.ofMillis(1))))
                .sum();
    }

    static <T> T await(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(10));
    }

    void closeWorkers() {
        opened.forEach(QueueConsumer::close);
        opened.clear();
    }

    @Override
    public void close() {
        closeWorkers();
        consumers.close();
        routes.close();
        redis.close();
    }
}
