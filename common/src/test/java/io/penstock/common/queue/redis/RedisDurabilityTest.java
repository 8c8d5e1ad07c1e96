package io.penstock.common.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.IdempotencyKey;
import io.penstock.common.queue.IdempotentCall;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Effect;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.RedisNode;
import io.penstock.common.testing.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the README says of the durability settings, as far as the death of a process can show it. The death of a machine,
 * which takes with it what the kernel has not written to the disk, cannot be had in a test.
 */
@Tag("slow")
class RedisDurabilityTest {

    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String QUEUE = "orders";
    private static final int IN_FLIGHT = 20;
    private static final int ENOUGH = 1_000;

    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicBoolean producing = new AtomicBoolean(true);

    private static RedisJobQueue queue(RedisRouter routes) {
        return new RedisJobQueue(routes, new QueuePolicies(List.of(QueuePolicy.defaults(QUEUE))), DEADLINE);
    }

    /** Enqueues one job after the other until something fails. */
    private void produce(RedisJobQueue queue) {
        if (!producing.get()) {
            ended.incrementAndGet();
        } else {
            queue.enqueue(new NewJob("test.work", QUEUE, "x", 1, JobOptions.DEFAULT, Optional.empty()))
                    .map(Enqueued::jobId)
                    .subscribe()
                    .with(
                            id -> {
                                accepted.add(id);
                                produce(queue);
                            },
                            failure -> ended.incrementAndGet());
        }
    }

    private void produceUntilKilled(RedisNode node, RedisJobQueue queue) {
        for (int i = 0; i < IN_FLIGHT; i++) {
            produce(queue);
        }
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> accepted.size() >= ENOUGH);
        node.kill();
        producing.set(false);
        // One that heard of its last job just then waits for a server, and would find the next one.
        await().atMost(PATIENCE).until(() -> ended.get() == IN_FLIGHT);
    }

    private long waiting(RedisJobQueue queue) {
        return queue.status(QUEUE).await().atMost(PATIENCE).waiting();
    }

    /** The process had handed every accepted job to the kernel before it said so. */
    @ParameterizedTest
    @ValueSource(strings = {"always", "everysec", "no"})
    void aProcessThatIsKilledLosesNothing(String appendfsync) {
        try (RedisNode node = RedisNode.start("appendonly", "yes", "appendfsync", appendfsync);
                RedisFixture redis = new RedisFixture(node.url());
                RedisRouter routes = redis.routes()) {
            RedisJobQueue queue = queue(routes);
            produceUntilKilled(node, queue);

            node.startAgain();

            assertThat(waiting(queue)).isGreaterThanOrEqualTo(accepted.size());
            for (String id : accepted) {
                assertThat(queue.find(id).await().atMost(PATIENCE)).as(id).isPresent();
            }
        }
    }

    /** The job is deleted before the restart, as a short one would have ended. */
    @Test
    void anIdempotencyKeyOutlivesARestart() {
        try (RedisNode node = RedisNode.start("appendonly", "yes", "appendfsync", "always");
                RedisFixture redis = new RedisFixture(node.url());
                RedisRouter routes = redis.routes()) {
            RedisJobQueue queue = queue(routes);
            List<NewJob> jobs = List.of(new NewJob("test.work", QUEUE, "x", 1, JobOptions.DEFAULT, Optional.empty()));
            IdempotentCall call = new IdempotentCall(IdempotencyKey.of("k"), IdempotencyKey.digest(List.of("asked")));
            List<Enqueued> first = queue.enqueueAll(jobs, call).await().atMost(PATIENCE);
            String ready = RedisKeys.ready(QUEUE, 0, Lane.MAIN, 0);
            redis.run("DEL", ready, RedisKeys.jobs(QUEUE, 0));

            node.kill();
            node.startAgain();

            List<Enqueued> again = await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> queue.enqueueAll(jobs, call).await().atMost(PATIENCE), answers -> true);
            assertThat(again).containsExactly(new Enqueued(first.get(0).jobId(), QUEUE, false));
            assertThat(waiting(queue)).isZero();
        }
    }

    @Test
    void withoutAnAppendOnlyFileAllIsLost() {
        try (RedisNode node = RedisNode.start();
                RedisFixture redis = new RedisFixture(node.url());
                RedisRouter routes = redis.routes()) {
            RedisJobQueue queue = queue(routes);
            produceUntilKilled(node, queue);

            node.startAgain();

            assertThat(waiting(queue)).isZero();
        }
    }

    /** Replicas are sent what was answered for already: what a master accepts alone dies with it. */
    @Test
    void aReplicaLacksWhatItHasNotBeenSent() {
        try (RedisNode master = RedisNode.start("repl-diskless-sync-delay", "0");
                TcpProxy between = new TcpProxy(master.port());
                RedisNode replica = replicaAt(between.port());
                RedisFixture redis = new RedisFixture(master.url());
                RedisRouter routes = redis.routes()) {
            RedisJobQueue queue = queue(routes);
            between.swallowAnswers(true);
            produceUntilKilled(master, queue);
            replica.run("REPLICAOF", "NO", "ONE");

            try (RedisFixture successor = new RedisFixture(replica.url());
                    RedisRouter there = successor.routes()) {
                assertThat(waiting(queue(there))).isLessThan(accepted.size());
            }
        }
    }

    /** {@code min-replicas-to-write} does not wait for replicas: it refuses once they have been silent for a while. */
    @Test
    void aMasterThatDemandsReplicasGoesOnAloneForTheLagItTolerates() {
        try (RedisNode master = RedisNode.start(
                        "repl-diskless-sync-delay", "0", "min-replicas-to-write", "1", "min-replicas-max-lag", "1");
                RedisNode replica = replicaAt(master.port());
                RedisFixture redis = new RedisFixture(master.url());
                RedisRouter routes = redis.routes()) {
            RedisJobQueue queue = queue(routes);
            await().atMost(PATIENCE).until(() -> enqueued(queue));

            replica.freeze();
            assertThat(enqueued(queue)).as("accepted by the master alone").isTrue();
            long alone = System.nanoTime();
            await().atMost(PATIENCE).until(() -> refused(queue));
            assertThat(Duration.ofNanos(System.nanoTime() - alone)).isLessThan(DEADLINE.plusSeconds(4));

            replica.thaw();
            await().atMost(PATIENCE).until(() -> enqueued(queue));
        }
    }

    private static RedisNode replicaAt(int masterPort) {
        RedisNode replica = RedisNode.start("replicaof", "127.0.0.1 " + masterPort);
        await().atMost(PATIENCE).until(() -> replica.info("master_link_status", "INFO", "replication")
                .equals("up"));
        return replica;
    }

    private static boolean enqueued(RedisJobQueue queue) {
        return failureOf(queue) == null;
    }

    private static boolean refused(RedisJobQueue queue) {
        return failureOf(queue) instanceof QueueUnavailableException e && e.effect() == Effect.REFUSED;
    }

    private static Throwable failureOf(RedisJobQueue queue) {
        return Assertions.catchThrowable(
                () -> queue.enqueue(new NewJob("test.work", QUEUE, "x", 1, JobOptions.DEFAULT, Optional.empty()))
                        .await()
                        .atMost(PATIENCE));
    }
}
