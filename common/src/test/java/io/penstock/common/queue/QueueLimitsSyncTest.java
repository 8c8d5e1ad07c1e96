package io.penstock.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.queue.redis.RedisLimitBoard;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.PostgresFixture;
import io.penstock.common.testing.RedisFixture;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an operator decides reaches every process, and outlives Redis. */
@Tag("slow")
class QueueLimitsSyncTest {

    private static final String QUEUE = "orders";
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final RedisFixture redis = new RedisFixture();
    private final PostgresFixture postgres = new PostgresFixture();
    private final RedisRouter routes = redis.routes();
    private final LimitBoard board = new RedisLimitBoard(routes, DEADLINE);
    private final LimitStore store = new LimitStore(postgres.pool());
    private final Process one = new Process(store);
    private final Process other = new Process(store);

    /** What a process knows. */
    private final class Process {

        private final QueuePolicies policies = new QueuePolicies(List.of(QueuePolicy.defaults(QUEUE)));
        private final QueueLimitsSync sync;

        Process(LimitStore store) {
            sync = new QueueLimitsSync(policies, board, store, redis.vertx());
        }

        int concurrency() {
            return policies.named(QUEUE).slots().concurrency();
        }
    }

    @AfterEach
    void close() {
        routes.close();
        redis.close();
        postgres.close();
    }

    private static QueueLimits concurrency(int value) {
        return new QueueLimits(
                OptionalInt.of(value), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), Optional.empty());
    }

    private LimitStore.Change change(QueueLimits limits, String by) {
        LimitStore.Change change = await(store.change(QUEUE, limits, by));
        await(one.sync.reconcile());
        return change;
    }

    @Test
    void whatOneProcessChangesTheOthersLearn() {
        await(other.sync.runOnce());
        assertThat(other.concurrency()).isEqualTo(5);
        LimitStore.Change change = change(concurrency(3), "ann");
        assertThat(change.before()).isEqualTo(QueueLimits.NONE);
        assertThat(one.concurrency()).isEqualTo(3);
        await(other.sync.runOnce());
        assertThat(other.concurrency()).isEqualTo(3);
        assertThat(other.policies.override(QUEUE)).contains(change.after());

        assertThat(change(QueueLimits.NONE, "bob").before()).isEqualTo(concurrency(3));
        await(other.sync.runOnce());
        assertThat(other.concurrency()).isEqualTo(5);
        assertThat(other.policies.override(QUEUE)).map(LimitOverride::changedBy).contains("bob");
    }

    @Test
    void ofTwoAtOnceTheLastWinsAndKnowsOfTheOther() {
        List<LimitStore.Change> changes = await(Uni.join()
                .all(store.change(QUEUE, concurrency(2), "ann"), store.change(QUEUE, concurrency(3), "bob"))
                .andFailFast());
        LimitStore.Change last = changes.stream()
                .filter(change -> !change.before().equals(QueueLimits.NONE))
                .findFirst()
                .orElseThrow();
        LimitStore.Change first = changes.get(0).equals(last) ? changes.get(1) : changes.get(0);
        assertThat(last.before()).isEqualTo(first.after().limits());
        await(one.sync.reconcile());
        assertThat(one.policies.override(QUEUE)).contains(last.after());
    }

    @Test
    void aRedisThatLostThemGetsThemBackAndMeanwhileTheyHold() {
        change(concurrency(3), "ann");
        await(other.sync.runOnce());
        redis.run("FLUSHALL");
        await(other.sync.runOnce());
        assertThat(other.concurrency()).isEqualTo(3);
        assertThat(await(board.read()).orElseThrow().byQueue()).containsOnlyKeys(QUEUE);
    }

    @Test
    void whereNothingWasEverChangedNobodyAsksPostgresAgain() {
        await(one.sync.runOnce());
        assertThat(await(board.version())).isNotEmpty();
        assertThat(await(board.read())).contains(LimitOverrides.NONE);
    }

    @Test
    void whilePostgresIsAwayRedisTells() {
        change(concurrency(3), "ann");
        Pool nowhere = Pool.newInstance(PgBuilder.pool()
                .connectingTo(new PgConnectOptions().setHost("127.0.0.1").setPort(EmbeddedServers.freePort()))
                .using(redis.vertx())
                .build());
        Process cutOff = new Process(new LimitStore(nowhere));
        await(cutOff.sync.runOnce());
        assertThat(cutOff.concurrency()).isEqualTo(3);

        redis.run("FLUSHALL");
        assertThatThrownBy(() -> await(cutOff.sync.runOnce())).isNotNull();
        assertThat(cutOff.concurrency()).isEqualTo(3);
        nowhere.close().await().atMost(DEADLINE);
    }

    @Test
    void whatIsOlderDoesNotReplaceWhatIsNewer() {
        Map<String, LimitOverride> newer = Map.of(QUEUE, new LimitOverride(concurrency(9), "ann", Instant.EPOCH));
        await(board.put(new LimitOverrides(7, newer)));
        await(board.put(new LimitOverrides(6, Map.of())));
        await(board.put(new LimitOverrides(7, Map.of())));
        assertThat(await(board.read())).contains(new LimitOverrides(7, newer));
        await(board.put(new LimitOverrides(8, Map.of())));
        assertThat(await(board.read())).contains(new LimitOverrides(8, Map.of()));
    }

    private static <T> T await(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }
}
