package io.penstock.common.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.Family;
import io.penstock.common.queue.IdempotentEnqueue;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePartition;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Effect;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.redis.RedisServers;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.RedisNode;
import io.penstock.common.testing.TcpProxy;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever becomes of Redis, whoever enqueues has an answer when the deadline is over, and it says what is known. */
@Tag("slow")
class ProducersUnderFaultsTest {

    private static final Duration DEADLINE = Duration.ofSeconds(1);
    /** For a busy machine, where this many calls at once all have to be told. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String QUEUE = "orders";
    private static final int CROWD = 3_000;

    private final RedisNode node = RedisNode.start("appendonly", "yes", "maxmemory-policy", "noeviction");
    private final TcpProxy network = new TcpProxy(node.port());
    private final RedisFixture redis = new RedisFixture(network.url());
    private final RedisRouter routes = redis.routes();
    private final QueuePolicies policies =
            new QueuePolicies(List.of(QueuePolicy.defaults(QUEUE).withPartitions(3)));
    private final RedisJobQueue queue = new RedisJobQueue(routes, policies, DEADLINE);
    private final IdempotentEnqueue once = new RedisIdempotentEnqueue(routes, policies, DEADLINE);

    /** Every way to hand over jobs. */
    private final Map<String, Supplier<Uni<?>>> ways = Map.of(
            "single",
            () -> queue.enqueue(job(JobOptions.DEFAULT)),
            "single with an id",
            () -> queue.enqueue(job(JobOptions.DEFAULT.withId("one"))),
            "bulk",
            () -> queue.enqueueAll(List.of(job(JobOptions.DEFAULT), job(JobOptions.DEFAULT))),
            "bulk over all partitions",
            () -> queue.enqueueAll(ids("bulk")),
            "family",
            () -> queue.enqueueFamily(new Family(
                    job(JobOptions.DEFAULT), List.of(job(JobOptions.DEFAULT)), Family.OnChildFailure.values()[0])),
            "once",
            () -> queue.enqueueOnce(ids("once"), Duration.ofMinutes(1)),
            "outbox",
            () -> once.acceptOnce(
                    new QueuePartition(QUEUE, 0),
                    List.of(new IdempotentEnqueue.Keyed("mark", job(JobOptions.DEFAULT.withId("row")))),
                    Long.MAX_VALUE / 2));

    @BeforeEach
    void connect() {
        assertGoesOn();
        // Each way has its script in the server from now on.
        ways.values().forEach(way -> way.get().await().atMost(DEADLINE.multipliedBy(3)));
        // Members of a family that belong to other partitions are carried there behind the caller's back.
        await().until(() -> node.run("KEYS", "*:outgoing").size() == 0);
        node.run("FLUSHALL");
    }

    @AfterEach
    void close() {
        routes.close();
        redis.close();
        network.close();
        node.close();
    }

    private static NewJob job(JobOptions options) {
        return new NewJob("test.work", QUEUE, "x".repeat(1_000), 1, options, Optional.empty());
    }

    private static List<NewJob> ids(String prefix) {
        return IntStream.range(0, 12)
                .mapToObj(i -> job(JobOptions.DEFAULT.withId(prefix + i)))
                .toList();
    }

    /** How one call ended. */
    private record End(String way, Throwable failure, Duration after) {

        Effect effect() {
            return ((QueueUnavailableException) failure).effect();
        }
    }

    /** Tries every way at once, and a crowd of single jobs, more than fit into the batches under way. */
    private List<End> tryEveryWay() {
        List<CompletableFuture<End>> calls = new ArrayList<>();
        ways.forEach((way, call) -> calls.add(ended(way, call.get())));
        for (int i = 0; i < CROWD; i++) {
            calls.add(ended("one of a crowd", queue.enqueue(job(JobOptions.DEFAULT))));
        }
        return calls.stream().map(CompletableFuture::join).toList();
    }

    private static CompletableFuture<End> ended(String way, Uni<?> call) {
        long start = System.nanoTime();
        return call.subscribeAsCompletionStage()
                .orTimeout(20, TimeUnit.SECONDS)
                .handle((answer, failure) -> new End(
                        way,
                        failure instanceof CompletionException e ? e.getCause() : failure,
                        Duration.ofNanos(System.nanoTime() - start)));
    }

    private static void assertAllFailInTime(List<End> ends) {
        assertThat(ends).allSatisfy(end -> {
            assertThat(end.failure()).as(end.way()).isInstanceOf(QueueUnavailableException.class);
            assertThat(end.after()).as(end.way()).isLessThan(DEADLINE.plus(SLACK));
        });
    }

    /** Of the crowd nobody is told more than is known when its deadline is over. */
    private static void assertEffects(List<End> ends, Effect... possible) {
        assertThat(ends).filteredOn(end -> !end.way().equals("one of a crowd")).allSatisfy(end -> assertThat(
                        end.effect())
                .as(end.way() + ": " + end.failure())
                .isIn((Object[]) possible));
    }

    private long waiting() {
        return queue.status(QUEUE).await().atMost(DEADLINE.multipliedBy(2)).waiting();
    }

    /** Asked again and again, until the deadline; at that moment one may just be under way once more. */
    private void assertTellsWhy(String reason) {
        await().atMost(PATIENCE).until(() -> {
            End end = ended("", queue.enqueue(job(JobOptions.DEFAULT))).join();
            return end.effect() == Effect.REFUSED && end.failure().getMessage().contains(reason);
        });
    }

    /** Nothing happens late of which it was said that it had not happened. */
    private void assertOnlyTheUnknownArrive(List<End> ends) {
        long unknown =
                ends.stream().filter(end -> end.effect() == Effect.UNKNOWN).count();
        assertThat(waiting()).isLessThanOrEqualTo(unknown);
    }

    private void assertGoesOn() {
        await().atMost(Duration.ofSeconds(5))
                .ignoreExceptions()
                .until(() -> queue.enqueue(job(JobOptions.DEFAULT)).await().atMost(DEADLINE) != null);
    }

    @Test
    void aServerThatStandsStill() {
        node.freeze();
        List<End> ends;
        try {
            ends = tryEveryWay();
        } finally {
            node.thaw();
        }
        assertAllFailInTime(ends);
        assertEffects(ends, Effect.UNKNOWN);
        assertGoesOn();
    }

    /** Whose bulk finds no room among the answers that the client waits for takes a way that needs less of it. */
    @Test
    void aServerThatHesitatesBeforeMoreBulksThanTheClientBears() {
        List<NewJob> bulk =
                Collections.nCopies(100, new NewJob("test.work", QUEUE, "1", 1, JobOptions.DEFAULT, Optional.empty()));
        int bulks = 4 * RedisServers.UNANSWERED / bulk.size();
        RedisJobQueue patient = new RedisJobQueue(routes, policies, PATIENCE);
        List<CompletableFuture<End>> calls = new ArrayList<>();
        node.freeze();
        try {
            for (int i = 0; i < bulks; i++) {
                calls.add(ended("one of many bulks", patient.enqueueAll(bulk)));
            }
        } finally {
            node.thaw();
        }

        assertThat(calls).allSatisfy(call -> assertThat(call.join().failure()).isNull());
        assertThat(waiting()).isEqualTo((long) bulks * bulk.size());
    }

    @Test
    void aNetworkThatSwallowsAnswers() {
        network.swallowAnswers(true);
        List<End> ends = tryEveryWay();
        network.swallowAnswers(false);

        assertAllFailInTime(ends);
        // What was sent has been accepted in truth, which nobody here can know.
        assertThat(ends)
                .filteredOn(end -> end.way().equals("single with an id"))
                .allSatisfy(end -> assertThat(end.effect()).isEqualTo(Effect.UNKNOWN));
        assertGoesOn();
        Enqueued again =
                queue.enqueue(job(JobOptions.DEFAULT.withId("one"))).await().atMost(DEADLINE);
        assertThat(again.added()).as("an id makes repeating safe").isFalse();
    }

    @Test
    void aServerThatIsGone() {
        node.kill();
        // The first calls may still find the connection that is ending.
        await().until(() ->
                ended("", queue.enqueue(job(JobOptions.DEFAULT))).join().effect() == Effect.NOT_SENT);

        List<End> ends = tryEveryWay();

        assertAllFailInTime(ends);
        assertEffects(ends, Effect.NOT_SENT);
        node.startAgain();
        assertGoesOn();
    }

    @Test
    void aServerThatIsFull() {
        node.run("CONFIG", "SET", "maxmemory", 1);

        List<End> ends = tryEveryWay();

        assertAllFailInTime(ends);
        assertEffects(ends, Effect.REFUSED);
        node.run("CONFIG", "SET", "maxmemory", 0);
        List<End> others = ends.stream()
                .filter(end -> !end.failure().getMessage().contains("Redis is full"))
                .toList();
        assertThat(others).isEmpty();
        assertThat(waiting()).isZero();
        assertGoesOn();
    }

    /** Of commands in one pipeline some are accepted and some not; nobody is told that theirs was not when it was. */
    @RepeatedTest(3)
    void aServerThatBecomesFull() {
        long used = Long.parseLong(node.info("used_memory", "INFO", "memory"));
        node.run("CONFIG", "SET", "maxmemory", used + 600_000);

        List<CompletableFuture<End>> calls = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            calls.add(ended("one of a crowd", queue.enqueue(job(JobOptions.DEFAULT))));
        }
        List<End> ends = calls.stream().map(CompletableFuture::join).toList();
        node.run("CONFIG", "SET", "maxmemory", 0);

        long accepted = ends.stream().filter(end -> end.failure() == null).count();
        long unknown = ends.stream()
                .filter(end -> end.failure() != null && end.effect() == Effect.UNKNOWN)
                .count();
        assertThat(waiting()).isPositive().isLessThan(CROWD).isEqualTo(accepted + unknown);
        assertGoesOn();
    }

    /**
     * It listens each 1,024 keys, about a hundred times a second, and has far more to read than the test takes, so that
     * what is asked of it is answered.
     */
    @Test
    void aServerThatReadsItsFiles() {
        node.run("CONFIG", "SET", "appendfsync", "no");
        // In parts that a busy machine, too, writes well within the time that a command may take.
        for (int part = 0; part < 20; part++) {
            node.run("EVAL", "for i = 1, 50000 do redis.call('SET', 'key:' .. i % 1000, i) end", 0);
        }
        node.kill();
        // Below zero: the chance of the shortest delay there is, one in so many keys.
        node.beginToStartAgain("key-load-delay", "-10");
        assertTellsWhy("LOADING");

        // A round may fall between two connections, where it is told nothing but that there is none.
        await().atMost(PATIENCE).until(() -> {
            List<End> ends = tryEveryWay();
            assertAllFailInTime(ends);
            return ends.stream().anyMatch(end -> end.failure().getMessage().contains("LOADING"));
        });

        assertThat(node.info("loading", "INFO", "persistence")).isEqualTo("1");
        node.kill();
        node.startAgain();
        assertGoesOn();
    }

    @Test
    void aMasterThatBecameAReplica() {
        node.run("REPLICAOF", "127.0.0.1", 1);

        List<End> ends = tryEveryWay();

        assertAllFailInTime(ends);
        assertTellsWhy("READONLY");
        node.run("REPLICAOF", "NO", "ONE");
        assertOnlyTheUnknownArrive(ends);
        assertGoesOn();
    }

    @Test
    void aMasterWithoutEnoughReplicas() {
        node.run("CONFIG", "SET", "min-replicas-to-write", 1);

        List<End> ends = tryEveryWay();

        assertAllFailInTime(ends);
        assertTellsWhy("NOREPLICAS");
        node.run("CONFIG", "SET", "min-replicas-to-write", 0);
        assertOnlyTheUnknownArrive(ends);
        assertGoesOn();
    }
}
