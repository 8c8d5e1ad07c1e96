package io.penstock.common.figures;

import static io.penstock.common.testing.PostgresFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.audit.AuditEntry;
import io.penstock.common.audit.AuditStore;
import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.PostgresFixture;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.workers.LiveWorker;
import io.penstock.common.workers.WorkerBoard;
import io.penstock.common.workers.WorkerOrder;
import io.penstock.common.workers.WorkerProfile;
import io.penstock.common.workers.WorkerState;
import io.penstock.common.workers.redis.RedisWorkerBoard;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The board of the workers, and what is written of what they do. */
class FiguresWriterTest {

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final QueuePolicies POLICIES =
            new QueuePolicies(List.of(QueuePolicy.defaults("letters"), QueuePolicy.defaults("orders")));

    private static PostgresFixture postgres;
    private RedisFixture redis;
    private RedisRouter routes;
    private WorkerBoard board;
    private RedisJobQueue queue;
    private FiguresStore store;
    private FiguresWriter writer;

    @BeforeAll
    static void start() {
        postgres = new PostgresFixture();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void open() {
        redis = new RedisFixture();
        routes = redis.routes();
        board = new RedisWorkerBoard(routes, DEADLINE);
        queue = new RedisJobQueue(routes, POLICIES, DEADLINE);
        store = new FiguresStore(postgres.pool());
        writer = new FiguresWriter(store, board, queue, POLICIES);
        postgres.sql("TRUNCATE queue_figures, operations_mark, worker_version, operations_problem");
        postgres.sql("UPDATE figures_progress SET written_until = to_timestamp(0)");
    }

    @AfterEach
    void close() {
        routes.close();
        redis.close();
    }

    private static WorkerProfile profile(String version) {
        return new WorkerProfile(
                "host",
                "10.0.0.1",
                7,
                version,
                Instant.now(),
                0,
                List.of(new WorkerProfile.Queue("orders", 5)),
                List.of("test.work"));
    }

    private static WorkerState state(String activity) {
        return new WorkerState(
                activity,
                100,
                200,
                -3,
                0,
                List.of(new WorkerState.Load("orders", 1)),
                List.of(new WorkerState.Job("j", "test.work", "orders", 1, 5, 30_000, 20_000)));
    }

    private WorkerBoard.Answer beat(String id, String version, Map<String, Long> figures) {
        return await(board.beat(id, Optional.of(profile(version)), false, state(WorkerState.RUNNING), figures));
    }

    private void enqueue(String queueName) {
        await(queue.enqueue(new NewJob("test.work", queueName, "{}", 1, JobOptions.DEFAULT, Optional.empty())));
    }

    /** When the present minute is over. */
    private static Instant nextMinute() {
        return FiguresWriter.floor(Instant.now(), FiguresWriter.MINUTE).plus(FiguresWriter.MINUTE);
    }

    @Test
    void aWorkerIsShownAsItSaysItIs() {
        beat("w1", "1.0", Map.of());
        LiveWorker worker = await(board.all()).get(0);
        assertThat(worker.id()).isEqualTo("w1");
        assertThat(worker.profile())
                .isEqualTo(await(board.find("w1")).orElseThrow().profile());
        assertThat(worker.state()).isEqualTo(state(WorkerState.RUNNING));
        assertThat(worker.isLost()).isFalse();
        assertThat(worker.silence()).isLessThan(Duration.ofSeconds(10));
        assertThat(worker.order()).isEmpty();
    }

    @Test
    void aProfileIsAskedForWhereItIsMissing() {
        WorkerState state = state(WorkerState.RUNNING);
        assertThat(await(board.beat("w1", Optional.empty(), true, state, Map.of()))
                        .profileNeeded())
                .isTrue();
        assertThat(await(board.all())).isEmpty();
        assertThat(beat("w1", "1.0", Map.of()).profileNeeded()).isFalse();
        assertThat(await(board.beat("w1", Optional.empty(), false, state, Map.of()))
                        .profileNeeded())
                .isFalse();
    }

    @Test
    void anOrderIsHeardUntilTheProcessEnds() {
        assertThat(await(board.order("w1", WorkerOrder.QUIET))).isFalse();
        beat("w1", "1.0", Map.of());
        assertThat(await(board.order("w1", WorkerOrder.QUIET))).isTrue();
        assertThat(await(board.find("w1")).orElseThrow().pendingOrder()).contains(WorkerOrder.QUIET);
        assertThat(beat("w1", "1.0", Map.of()).order()).contains(WorkerOrder.QUIET);
        await(board.beat("w1", Optional.empty(), false, state(WorkerState.QUIET), Map.of()));
        assertThat(await(board.find("w1")).orElseThrow().pendingOrder()).isEmpty();

        WorkerBoard.Answer restarted =
                await(board.beat("w1", Optional.of(profile("1.0")), true, state(WorkerState.RUNNING), Map.of()));
        assertThat(restarted.order()).isEmpty();
    }

    @Test
    void aWorkerThatEndsInGoodOrderIsGone() {
        beat("w1", "1.0", Map.of());
        await(board.leave("w1"));
        assertThat(await(board.all())).isEmpty();
        assertThat(await(board.find("w1"))).isEmpty();
    }

    @Test
    void allKeysExpire() {
        beat("w1", "1.0", Map.of(FigureNames.completed("orders"), 1L));
        for (var key : redis.run("KEYS", "worker:*")) {
            assertThat(redis.run("PTTL", key.toString()).toLong())
                    .as(key.toString())
                    .isPositive();
        }
    }

    @Test
    void aMinuteIsWrittenOnceWithWhatAllWorkersDid() {
        enqueue("orders");
        beat("w1", "1.0", Map.of(FigureNames.completed("orders"), 3L, FigureNames.waited("orders", 20), 3L));
        beat("w2", "1.0", Map.of(FigureNames.completed("orders"), 4L, FigureNames.died("letters"), 1L));
        Instant now = nextMinute().plusSeconds(5);

        assertThat(await(writer.write(now))).isTrue();
        assertThat(await(writer.write(now))).isFalse();

        Instant minute = nextMinute().minus(FiguresWriter.MINUTE);
        QueueFigures orders =
                await(store.of("orders", FiguresWriter.MINUTE, minute, now)).get(0);
        assertThat(orders.completed()).isEqualTo(7);
        assertThat(orders.enqueued()).isNull();
        assertThat(orders.depth().waiting()).isEqualTo(1);
        assertThat(orders.waited().percentile(0.5).getAsLong()).isPositive();
        QueueFigures all =
                await(store.of("", FiguresWriter.MINUTE, minute, now)).get(0);
        assertThat(all.completed()).isEqualTo(7);
        assertThat(all.died()).isEqualTo(1);
        assertThat(await(store.flows(minute, now)).get("orders").values())
                .containsExactly(new FiguresStore.Flow(1, -1, 7));
    }

    @Test
    void whatCameIsWorkedOutFromTheMinuteBefore() {
        enqueue("orders");
        Instant first = nextMinute().plusSeconds(5);
        await(writer.write(first));
        enqueue("orders");
        enqueue("orders");
        await(writer.write(first.plus(FiguresWriter.MINUTE)));

        List<QueueFigures> orders =
                await(store.of("orders", FiguresWriter.MINUTE, first.minusSeconds(600), first.plusSeconds(600)));
        assertThat(orders).hasSize(2);
        assertThat(orders.get(1).enqueued()).isEqualTo(2);
    }

    @Test
    void tenMinutesAndHoursAreRolledUp() {
        Instant hour = FiguresWriter.floor(Instant.now(), FiguresWriter.HOUR);
        for (int minute = 1; minute <= 60; minute++) {
            await(writer.write(
                    hour.plus(FiguresWriter.MINUTE.multipliedBy(minute)).plusSeconds(5)));
        }
        assertThat(await(store.of("", FiguresWriter.TEN_MINUTES, hour, hour.plus(FiguresWriter.HOUR))))
                .hasSize(6);
        assertThat(await(store.of("orders", FiguresWriter.HOUR, hour, hour.plus(FiguresWriter.HOUR))))
                .hasSize(1);
    }

    @Test
    void aNewVersionAndAPauseAreMarked() {
        Instant first = nextMinute().plusSeconds(5);
        beat("w1", "1.0", Map.of());
        await(writer.write(first));
        assertThat(await(store.marks(first.minusSeconds(600), first.plusSeconds(600), "")))
                .isEmpty();
        beat("w2", "1.1", Map.of());
        await(queue.pause("orders"));
        await(new AuditStore(postgres.pool())
                .append(new AuditEntry(
                        first.plusSeconds(30),
                        UUID.randomUUID(),
                        new AuditEntry.Actor("user:1", "anna", "user"),
                        "operator",
                        "queues.pause",
                        "orders",
                        AuditEntry.Outcome.DONE,
                        200,
                        null,
                        null,
                        "10.0.0.1",
                        null)));
        await(writer.write(first.plus(FiguresWriter.MINUTE)));

        List<Mark> marks = await(store.marks(first.minusSeconds(600), first.plusSeconds(600), ""));
        assertThat(marks).extracting(Mark::kind).containsExactlyInAnyOrder("deployment", "pause");
        assertThat(marks)
                .filteredOn(mark -> mark.kind().equals("pause"))
                .extracting(Mark::detail)
                .containsExactly("by anna");
        assertThat(marks.stream()
                        .filter(mark -> mark.kind().equals("deployment"))
                        .findFirst()
                        .orElseThrow())
                .satisfies(mark -> {
                    assertThat(mark.subject()).isEqualTo("1.1");
                    assertThat(mark.detail()).isEqualTo("from 1.0");
                });
        assertThat(await(store.marks(first.minusSeconds(600), first.plusSeconds(600), "letters")))
                .extracting(Mark::kind)
                .containsExactly("deployment");
    }

    @Test
    void problemsKeepTheTimeTheyWereFirstSeen() {
        Instant since = Instant.parse("2026-11-22T12:00:00Z");
        await(store.noteProblems(Map.of("a", since, "b", since), since));
        await(store.noteProblems(Map.of("a", since.plusSeconds(60)), since.plusSeconds(60)));
        assertThat(await(store.problems())).isEqualTo(Map.of("a", since));
    }
}
