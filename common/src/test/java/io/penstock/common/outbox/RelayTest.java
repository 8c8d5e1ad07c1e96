package io.penstock.common.outbox;

import static io.penstock.common.outbox.OutboxHarness.ELSEWHERE;
import static io.penstock.common.outbox.OutboxHarness.SPREAD;
import static io.penstock.common.outbox.OutboxHarness.STEP;
import static io.penstock.common.outbox.OutboxHarness.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.Uniqueness;
import io.penstock.common.outbox.OutboxHarness.Passing;
import io.penstock.common.outbox.OutboxHarness.Step;
import io.penstock.common.queue.IdempotentEnqueue;
import io.penstock.common.queue.QueuePartition;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Exactly once and in order per key: with many relays at once, with crashes in between, with relays that come late. */
@Tag("slow")
class RelayTest {

    private static final Duration LATER = Duration.ofMinutes(5);

    private final OutboxHarness it = new OutboxHarness();

    @BeforeAll
    static void migrate() {
        OutboxHarness.migrate();
    }

    @AfterEach
    void close() {
        it.close();
    }

    /** The numbers of each key as they arrived. */
    private static Map<String, List<Integer>> byKey(List<Step> steps) {
        Map<String, List<Integer>> numbers = new HashMap<>();
        steps.forEach(step ->
                numbers.computeIfAbsent(step.by(), key -> new ArrayList<>()).add(step.number()));
        return numbers;
    }

    private static List<Integer> oneTo(int last) {
        return IntStream.rangeClosed(1, last).boxed().toList();
    }

    /** Rounds of one relay until the table is empty. */
    private Uni<Void> untilEmpty(OutboxRelay relay) {
        return relay.runOnce()
                .chain(round -> round.more() || round.contended()
                        ? untilEmpty(relay)
                        : it.table
                                .status()
                                .chain(status ->
                                        status.unsent() == 0 ? Uni.createFrom().voidItem() : untilEmpty(relay)));
    }

    @RepeatedTest(3)
    void racingRelaysMoveEveryRowOnceAndEachKeyInOrder() {
        int keys = 90;
        int each = 40;
        int loose = 2_000;
        List<Uni<List<String>>> producers = new ArrayList<>();
        for (int key = 0; key < keys; key++) {
            String name = "key-" + key;
            producers.add(Multi.createFrom()
                    .range(1, each + 1)
                    .onItem()
                    .transformToUniAndConcatenate(
                            number -> it.pool.withTransaction(transaction -> it.outbox.enqueueInOrder(
                                    transaction, STEP, new Step(name, number), JobOptions.DEFAULT, name)))
                    .collect()
                    .asList());
        }
        List<Outbox.Item<Step>> free = IntStream.range(0, loose)
                .mapToObj(i -> Outbox.Item.of(new Step("loose", i), JobOptions.DEFAULT))
                .toList();
        it.inTransaction(transaction -> it.outbox.enqueueAll(transaction, STEP, free));

        Uni<Void> produced =
                Uni.join().all(producers).usingConcurrencyOf(8).andFailFast().replaceWithVoid();
        Uni<Void> relayed = Uni.join()
                .all(
                        untilEmpty(it.relay("batch", "37")),
                        untilEmpty(it.relay("batch", "100")),
                        untilEmpty(it.relay("batch", "211")))
                .andFailFast()
                .replaceWithVoid();
        await(Uni.join().all(produced, relayed).andFailFast());
        await(untilEmpty(it.relay()));

        Map<String, List<Integer>> arrived = byKey(it.ready());
        assertThat(arrived.remove("loose")).hasSize(loose).doesNotHaveDuplicates();
        assertThat(arrived).hasSize(keys);
        assertThat(arrived.values()).allSatisfy(numbers -> assertThat(numbers).isEqualTo(oneTo(each)));
        assertThat(it.registry.get("penstock.outbox.relayed").counter().count()).isEqualTo(keys * each + loose);
        assertThat(it.registry.get("penstock.outbox.repeated").counter().count())
                .isZero();
    }

    @Test
    void rowsOfOneKeyKeepTheirOrderAcrossPartitions() {
        it.enqueueInOrder(SPREAD, "key", 1, 60);
        List<Integer> arrived = new ArrayList<>();
        IdempotentEnqueue watched = new Passing(it.idempotentEnqueue) {
            @Override
            public Uni<Integer> acceptOnce(QueuePartition place, List<Keyed> jobs, long notAfterMs) {
                return super.acceptOnce(place, jobs, notAfterMs)
                        .invoke(() -> jobs.forEach(job -> arrived.add(numberIn(job))));
            }
        };

        it.relayAll(it.relay(watched));

        assertThat(arrived).isEqualTo(oneTo(60));
        assertThat(it.spread()).hasSize(60);
    }

    private static int numberIn(IdempotentEnqueue.Keyed job) {
        return Integer.parseInt(job.job().payload().replaceAll(".*:(\\d+)}", "$1"));
    }

    @Test
    void aRowThatFailedHoldsTheLaterOnesOfItsKeyAlone() {
        it.enqueueInOrder(STEP, "key", 1, 1);
        it.enqueueInOrder(ELSEWHERE, "key", 2, 2);
        it.enqueueInOrder(ELSEWHERE, "other", 1, 1);
        IdempotentEnqueue broken = new Passing(it.idempotentEnqueue) {
            @Override
            public Uni<Integer> acceptOnce(QueuePartition place, List<Keyed> jobs, long notAfterMs) {
                return place.queue().equals("orders")
                        ? Uni.createFrom().failure(new IllegalStateException("this node is down"))
                        : super.acceptOnce(place, jobs, notAfterMs);
            }
        };

        RelayRound round = await(it.relay(broken).runOnce());

        assertThat(round.failure()).hasMessage("this node is down");
        assertThat(it.ready("cleanup", 0)).containsExactly(new Step("other", 1));
        assertThat(it.unsent()).isEqualTo(2);
        it.relayAll(it.relay());
        assertThat(it.ready("cleanup", 0)).containsExactly(new Step("other", 1), new Step("key", 2));
        assertThat(it.ready()).containsExactly(new Step("key", 1));
    }

    @Test
    void anotherRelayDoesNotTouchALaneThatIsTaken() {
        it.enqueueInOrder(STEP, "key", 1, 2);
        AtomicBoolean tried = new AtomicBoolean();
        IdempotentEnqueue between = new Passing(it.idempotentEnqueue) {
            @Override
            public Uni<Integer> acceptOnce(QueuePartition place, List<Keyed> jobs, long notAfterMs) {
                if (!tried.compareAndSet(false, true)) {
                    return super.acceptOnce(place, jobs, notAfterMs);
                }
                return it.relay().runOnce().chain(other -> {
                    assertThat(other.relayed()).isZero();
                    assertThat(other.contended()).isTrue();
                    return super.acceptOnce(place, jobs, notAfterMs);
                });
            }
        };

        RelayRound round = await(it.relay(between).runOnce());

        assertThat(round.failure()).isNull();
        assertThat(round.relayed()).isEqualTo(2);
    }

    /** The backend of the relay's transaction dies after Redis has accepted: the rows come back. */
    private final class DyingAfterAcceptance extends Passing {
        private final AtomicBoolean dead = new AtomicBoolean();

        DyingAfterAcceptance() {
            super(it.idempotentEnqueue);
        }

        @Override
        public Uni<Integer> acceptOnce(QueuePartition place, List<Keyed> jobs, long notAfterMs) {
            Uni<Integer> accepted = super.acceptOnce(place, jobs, notAfterMs);
            return dead.compareAndSet(false, true)
                    ? accepted.call(() -> it.pool
                            .query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                    + " WHERE state = 'idle in transaction' AND datname = current_database()")
                            .execute())
                    : accepted;
        }
    }

    @Test
    void aCrashBetweenQueueAndDeletionAddsNothingTwice() {
        it.enqueueInOrder(STEP, "key", 1, 20);
        OutboxRelay relay = it.relay(new DyingAfterAcceptance());

        assertThatThrownBy(() -> await(relay.runOnce())).isNotNull();
        it.untilThePoolHasNoticed();
        assertThat(it.unsent()).isEqualTo(20);
        assertThat(it.ready()).hasSize(20);
        RelayRound again = it.relayAll(relay);

        assertThat(again.repeated()).isEqualTo(20);
        assertThat(it.unsent()).isZero();
        assertThat(it.ready()).extracting(Step::number).isEqualTo(oneTo(20));
    }

    /** The relay dies between queue and deletion: each item is in one job, once. */
    @Test
    void itemsThatAreGatheredAreGatheredOnce() {
        List<Outbox.Item<Step>> items = IntStream.rangeClosed(1, 3)
                .mapToObj(number -> Outbox.Item.of(new Step("g", number), JobOptions.DEFAULT))
                .toList();
        it.inTransaction(transaction -> it.outbox.enqueueAll(transaction, OutboxHarness.GATHERED, items));
        OutboxRelay relay = it.relay(new DyingAfterAcceptance());
        assertThatThrownBy(() -> await(relay.runOnce())).isNotNull();
        it.untilThePoolHasNoticed();
        assertThat(it.unsent()).isEqualTo(3);

        assertThat(it.relayAll(relay).repeated()).isEqualTo(3);

        assertThat(it.unsent()).isZero();
        assertThat(it.readyPayloads())
                .containsExactly(
                        "[{\"by\":\"g\",\"number\":1},{\"by\":\"g\",\"number\":2},{\"by\":\"g\",\"number\":3}]");
    }

    @Test
    void anItemThatIsGatheredHasNoIdOfItsOwn() {
        assertThatThrownBy(() -> it.inTransaction(transaction -> it.outbox.enqueue(
                        transaction, OutboxHarness.GATHERED, new Step("g", 1), JobOptions.DEFAULT.withId("mine"))))
                .isInstanceOfSatisfying(
                        InvalidJobException.class, e -> assertThat(e.field()).isEqualTo("id"));
    }

    @Test
    void aJobThatHasEndedAfterACrashIsNotRunAgain() {
        it.enqueueInOrder(STEP, "key", 1, 20);
        OutboxRelay relay = it.relay(new DyingAfterAcceptance());
        assertThatThrownBy(() -> await(relay.runOnce())).isNotNull();
        it.untilThePoolHasNoticed();
        it.completeAll();
        it.enqueueInOrder(STEP, "key", 21, 22);

        RelayRound again = it.relayAll(relay);

        assertThat(again.repeated()).isEqualTo(20);
        assertThat(again.relayed()).isEqualTo(22);
        assertThat(it.ready()).extracting(Step::number).containsExactly(21, 22);
        assertThat(it.unsent()).isZero();
    }

    @Test
    void aJobOfAGroupThatHasEndedAfterACrashIsNotRunAgain() {
        it.enqueue(new Step("a", 1), JobOptions.DEFAULT.withGroup("g").withUnique(Uniqueness.of("k")));
        OutboxRelay relay = it.relay(new DyingAfterAcceptance());
        assertThatThrownBy(() -> await(relay.runOnce())).isNotNull();
        it.untilThePoolHasNoticed();
        assertThat(it.ready()).hasSize(1);
        it.completeAll();
        it.redis.run("DEL", "queue:{orders:0}:unique", "queue:{orders:0}:groups");

        assertThat(await(relay.runOnce()).repeated()).isEqualTo(1);

        assertThat(it.ready()).isEmpty();
        assertThat(it.unsent()).isZero();
    }

    @Test
    void anAnswerOfRedisThatIsLostIsAskedForAgain() {
        it.enqueue(new Step("a", 1));
        AtomicBoolean lost = new AtomicBoolean();
        OutboxRelay relay = it.relay(new Passing(it.idempotentEnqueue) {
            @Override
            public Uni<Integer> acceptOnce(QueuePartition place, List<Keyed> jobs, long notAfterMs) {
                return super.acceptOnce(place, jobs, notAfterMs)
                        .chain(accepted -> lost.compareAndSet(false, true)
                                ? Uni.createFrom().failure(new IllegalStateException("no answer"))
                                : Uni.createFrom().item(accepted));
            }
        });

        assertThat(await(relay.runOnce()).failure()).hasMessage("no answer");
        it.completeAll();
        assertThat(await(relay.runOnce()).repeated()).isEqualTo(1);

        assertThat(it.ready()).isEmpty();
        assertThat(it.unsent()).isZero();
    }

    @Test
    void aRelayThatStoodStillComesTooLate() {
        it.enqueue(new Step("a", 1));
        OutboxRelay stopped = it.relay(new Passing(it.idempotentEnqueue) {
            @Override
            public Uni<Long> clockMs() {
                return super.clockMs().map(now -> now - LATER.toMillis());
            }
        });

        RelayRound round = await(stopped.runOnce());

        assertThat(round.failure()).hasMessageContaining("too late");
        assertThat(it.ready()).isEmpty();
        assertThat(it.unsent()).isEqualTo(1);
    }

    @Test
    void aRelayWhoseRowsWereTakenMeanwhileAddsNothing() {
        it.enqueue(new Step("a", 1));
        AtomicBoolean overtaken = new AtomicBoolean();
        OutboxRelay slow = it.relay(new Passing(it.idempotentEnqueue) {
            @Override
            public Uni<Integer> acceptOnce(QueuePartition place, List<Keyed> jobs, long notAfterMs) {
                if (!overtaken.compareAndSet(false, true)) {
                    return super.acceptOnce(place, jobs, notAfterMs);
                }
                return it.pool
                        .query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                + " WHERE state = 'idle in transaction' AND datname = current_database()")
                        .execute()
                        .chain(() -> it.relay().runOnce())
                        .invoke(it::completeAllQuietly)
                        .chain(() -> super.acceptOnce(place, jobs, notAfterMs));
            }
        });

        assertThatThrownBy(() -> await(slow.runOnce())).isNotNull();
        it.untilThePoolHasNoticed();

        assertThat(it.ready()).isEmpty();
        assertThat(it.unsent()).isZero();
    }

    @Test
    void marksAreForgottenOnceTheirRowsAreGoneAndTimeHasPassed() {
        it.enqueueInOrder(STEP, "key", 1, 30);
        assertThatThrownBy(() -> await(it.relay(new DyingAfterAcceptance()).runOnce()))
                .isNotNull();
        it.untilThePoolHasNoticed();
        DedupCleaner atOnce = new DedupCleaner(
                it.idempotentEnqueue, it.table, OutboxHarness.config("remember", "0s"), () -> Duration.ofDays(1));

        await(atOnce.runOnce());
        assertThat(it.marks()).as("rows are still there").isEqualTo(30);
        it.relayAll(it.relay());
        await(new DedupCleaner(it.idempotentEnqueue, it.table, OutboxHarness.config(), () -> Duration.ofDays(1))
                .runOnce());
        assertThat(it.marks()).as("gone just now").isEqualTo(30);
        await(atOnce.runOnce());

        assertThat(it.marks()).isZero();
    }

    @Test
    void aDatabaseThatCountsFromOneAgainLosesNothing() {
        it.enqueue(new Step("old", 1));
        it.relayAll(it.relay());
        it.sql("ALTER TABLE job_outbox ALTER COLUMN id RESTART WITH 1");
        it.enqueue(new Step("new", 1));

        it.relayAll(it.relay());

        assertThat(it.ready()).containsExactly(new Step("old", 1), new Step("new", 1));
    }
}
