package io.penstock.common.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.job.JobOptions;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.RedisFixture;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lanes of a worker that wait for jobs over one connection. */
class SharedReaderTest {

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final List<QueuePolicy> QUEUES =
            List.of(QueuePolicy.defaults("one"), QueuePolicy.defaults("two"), QueuePolicy.defaults("three"));
    private static final QueuePolicy LIMITED = QueuePolicy.builder("limited")
            .rateLimit(Optional.of(new RateLimit(1_000, Duration.ofSeconds(1), 10)), Set.of())
            .build();
    private static final QueuePolicies POLICIES =
            new QueuePolicies(Stream.concat(QUEUES.stream(), Stream.of(LIMITED)).toList());

    private final RedisFixture redis = new RedisFixture();
    private final RedisRouter routes = redis.routes();
    private final RedisQueueConsumers consumers =
            new RedisQueueConsumers(redis.vertx(), redis.servers(), POLICIES, DEADLINE);
    private final RedisJobQueue queue = new RedisJobQueue(routes, POLICIES, DEADLINE);
    private final EventLoopContext context = EventLoopContext.create(redis.vertx());
    private final SharedReader reader =
            new SharedReader(context, "w1", redis.servers().openReader(context, "together"), routes, DEADLINE);
    private final List<QueueConsumer> lanes = new ArrayList<>();
    private volatile boolean closed;

    @AfterEach
    void close() {
        closed = true;
        reader.close();
        lanes.forEach(QueueConsumer::close);
        consumers.close();
        routes.close();
        redis.close();
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(DEADLINE.multipliedBy(2));
    }

    private void open() {
        QUEUES.forEach(policy -> lanes.add(consumers.open(policy, 0, Lane.MAIN, "w1")));
        lanes.forEach(lane -> get(lane.claim(1, Duration.ZERO)));
    }

    private void enqueue(String name) {
        get(queue.enqueue(new NewJob("test.work", name, "{}", 1, JobOptions.DEFAULT, Optional.empty())));
    }

    private static List<String> keys(QueuePolicy policy) {
        return Streams.of(policy, 0).keys();
    }

    /** The second lane says that it will come to the round after the one that the first begins. */
    private List<Future<Response>> roundOfTwo(Duration wait) {
        Future<Response> alone = reader.await(keys(QUEUES.get(0)), Duration.ofMillis(200));
        redis.untilBlocked(1);
        reader.untilNextRound(LONG);
        await().until(alone::isComplete);
        List<Future<Response>> both =
                List.of(reader.await(keys(QUEUES.get(0)), wait), reader.await(keys(QUEUES.get(1)), wait));
        redis.untilBlocked(1);
        return both;
    }

    @Test
    void whoComesTooLateForARoundIsToldSoAtOnce() {
        open();
        Future<Response> one = reader.await(keys(QUEUES.get(0)), LONG);
        redis.untilBlocked(1);

        Future<Response> two = reader.await(keys(QUEUES.get(1)), LONG);

        await().until(two::isComplete);
        assertThat(two.result()).isNull();
        assertThat(one.isComplete()).isFalse();
    }

    @Test
    void aJobEndsTheWaitOfItsLaneAlone() {
        open();
        List<Future<Response>> round = roundOfTwo(LONG);
        Future<Response> one = round.get(0);
        Future<Response> two = round.get(1);

        enqueue("one");

        await().until(one::isComplete);
        assertThat(Entries.anyOf(one.result(), keys(QUEUES.get(0)))).isTrue();
        redis.untilBlocked(1);
        assertThat(two.isComplete()).isFalse();
    }

    @Test
    void aLaneThatComesLaterIsToldWhenToJoin() {
        open();
        assertThat(reader.untilNextRound(LONG)).isZero();
        Future<Response> one = reader.await(keys(QUEUES.get(0)), Duration.ofMillis(500));
        redis.untilBlocked(1);

        assertThat(reader.untilNextRound(LONG)).isBetween(Duration.ofMillis(1), Duration.ofSeconds(1));

        await().until(one::isComplete);
        assertThat(one.result()).isNull();
        assertThat(reader.untilNextRound(LONG)).isZero();
    }

    @Test
    void whoStopsDoesNotWaitForTheEndOfTheRound() {
        open();
        List<Future<Response>> round = roundOfTwo(LONG);
        Future<Response> one = round.get(0);
        Future<Response> two = round.get(1);

        reader.stopWaiting();

        await().atMost(DEADLINE).until(() -> one.isComplete() && two.isComplete());
        assertThat(one.result()).isNull();
    }

    @Test
    void aReadThatFailsFailsAllThatWait() {
        Future<Response> one = reader.await(List.of("queue:{no:0}:ready:0"), LONG);

        await().until(one::isComplete);
        assertThat(one.cause()).hasMessageContaining("NOGROUP");
        assertThat(reader.untilNextRound(LONG)).isZero();
    }

    /** As claim loops do; a lane that brought a job goes on. */
    private void claimAgainAndAgain(QueueConsumer lane, List<ClaimedJob> claimed) {
        lane.claim(5, Duration.ofMillis(100))
                .subscribe()
                .with(
                        jobs -> {
                            claimed.addAll(jobs);
                            if (!closed) {
                                claimAgainAndAgain(lane, claimed);
                            }
                        },
                        failure -> {});
    }

    @Test
    void lanesWithoutJobsEndUpOnOneConnectionAndLoseNoJob() {
        open();
        List<ClaimedJob> claimed = new CopyOnWriteArrayList<>();
        lanes.forEach(lane -> claimAgainAndAgain(lane, claimed));
        redis.untilBlocked(3);

        redis.untilBlocked(1);
        assertThat(redis.text("CLIENT", "LIST").lines().filter(client -> client.contains("cmd=xreadgroup")))
                .hasSize(1);

        for (int i = 1; i <= 30; i++) {
            int jobs = i;
            enqueue(QUEUES.get(i % 3).queue());
            await().atMost(DEADLINE).until(() -> claimed.size() == jobs);
        }
        assertThat(claimed).doesNotHaveDuplicates();
    }

    @Test
    void aLimitedLaneThatFoundNothingWaitsWithoutAskingAgain() {
        QueueConsumer limited = consumers.open(LIMITED, 0, Lane.MAIN, "w1");
        lanes.add(limited);
        get(limited.claim(1, Duration.ofMillis(10)));
        redis.run("CONFIG", "RESETSTAT");
        for (int i = 0; i < 4; i++) {
            assertThat(get(limited.claim(1, Duration.ofMillis(10)))).isEmpty();
        }
        assertThat(redis.text("INFO", "commandstats"))
                .contains("cmdstat_xread:calls=4,")
                .doesNotContain("cmdstat_evalsha");

        Uni<List<ClaimedJob>> news = limited.claim(1, DEADLINE).memoize().indefinitely();
        news.subscribe().with(jobs -> {});
        redis.untilBlocked(1);
        enqueue("limited");
        assertThat(get(news)).isEmpty();
        assertThat(get(limited.claim(1, DEADLINE))).hasSize(1);
    }

    @Test
    void aLimitedLaneSoonAsksAgainWhereJobsArePaused() {
        QueueConsumer limited = consumers.open(LIMITED, 0, Lane.MAIN, "w1");
        lanes.add(limited);
        get(limited.claim(1, Duration.ZERO));
        get(queue.pause("limited"));
        enqueue("limited");

        Uni<List<ClaimedJob>> paused = limited.claim(1, LONG);

        assertThat(get(paused)).isEmpty();
        get(queue.resume("limited"));
        assertThat(get(limited.claim(1, DEADLINE))).hasSize(1);
    }

    @Test
    void aResumedQueueWakesItsReaders() {
        open();
        get(queue.pause("one"));
        enqueue("one");
        Future<Response> one = reader.await(keys(QUEUES.get(0)), LONG);
        redis.untilBlocked(1);

        get(queue.resume("one"));

        await().until(one::isComplete);
        List<Response> entries = new ArrayList<>();
        Entries.forEach(one.result(), keys(QUEUES.get(0)), (stream, entry) -> entries.add(entry));
        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).get(1).get(1).toString()).contains("test.work");
    }
}
