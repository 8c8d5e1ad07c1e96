package io.penstock.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.schedule.ScheduleChanges;
import io.penstock.common.schedule.ScheduledTaskStore;
import io.penstock.common.schedule.TaskDefinition;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

/**
 * What an operator does is in force in every replica within two seconds. Each of two processes is left alone with the
 * work in turn, the other one stopped, so that none can be out of date unseen. Time is told by the instants that are
 * fired: a busy machine makes the test slower, not red.
 */
class ChangesInForceEndToEnd {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String EACH_SECOND = "* * * * * *";
    private static final String ON_NEW_YEARS_DAY = "0 0 1 1 *";
    private static final int SECONDS = 2;

    private CrashablePostgres postgres;
    private ScheduleChanges changes;

    @Test
    void changesAreInForceInEachReplicaWithinTwoSeconds() throws Exception {
        RedisServer server = EmbeddedServers.startRedis();
        String redisUrl = "redis://127.0.0.1:" + server.ports().get(0);
        try (CrashablePostgres started = new CrashablePostgres();
                RedisFixture redis = new RedisFixture(redisUrl);
                Replica first = new Replica("in-force-1", redisUrl, started.address());
                Replica second = new Replica("in-force-2", redisUrl, started.address())) {
            postgres = started;
            first.awaitUp();
            second.awaitUp();
            Pool pool = pool(started, redis);
            changes = new ScheduleChanges(pool, new ScheduledTaskStore(pool));
            define("pulse", EACH_SECOND, true);
            second.stop();
            changesAreInForce("1");
            second.goOn();
            first.stop();
            changesAreInForce("2");
            first.goOn();
            pool.closeAndAwait();
        } finally {
            server.stop();
        }
    }

    private void changesAreInForce(String replica) throws SQLException {
        String off = "off-" + replica;
        String on = "on-" + replica;
        String slowed = "slowed-" + replica;
        String hastened = "hastened-" + replica;
        String run = "run-" + replica;
        String deleted = "deleted-" + replica;
        define(off, EACH_SECOND, true);
        define(on, EACH_SECOND, false);
        define(slowed, EACH_SECOND, true);
        define(hastened, ON_NEW_YEARS_DAY, true);
        define(run, ON_NEW_YEARS_DAY, true);
        define(deleted, EACH_SECOND, true);
        awaitFired(off, slowed, deleted);

        done(changes.toggle(off, false));
        done(changes.toggle(on, true));
        done(changes.edit(slowed, definition(ON_NEW_YEARS_DAY), null));
        done(changes.edit(hastened, definition(EACH_SECOND), null));
        done(changes.runNow(run, Optional.empty()));
        done(changes.delete(deleted));
        long changed = postgres.number("SELECT ceil(extract(epoch FROM clock_timestamp()))::bigint");
        awaitFiredAt("pulse", changed + SECONDS + 2);

        for (String silent : List.of(off, slowed, deleted)) {
            assertThat(count(silent, "scheduled_for > to_timestamp(" + (changed + SECONDS) + ")"))
                    .as(silent + " is fired no more")
                    .isZero();
        }
        for (String loud : List.of(on, hastened)) {
            assertThat(count(loud, "scheduled_for <= to_timestamp(" + (changed + SECONDS) + ")"))
                    .as(loud + " is fired")
                    .isPositive();
        }
        assertThat(count(
                        run,
                        "trigger = 'manual' AND step <> 'claimed' AND start_time <= (SELECT start_time FROM task_execution_log"
                                + " WHERE task_id = 'pulse' AND scheduled_for = to_timestamp(" + (changed + SECONDS)
                                + "))"))
                .as("the manual run is enqueued before the instant two seconds later")
                .isEqualTo(1);
    }

    private void define(String id, String expression, boolean active) {
        done(changes.create(id, definition(expression), active));
    }

    private static TaskDefinition definition(String expression) {
        return TaskDefinition.of("Name", "", expression, "UTC", "queue_monitor", "{}");
    }

    private void awaitFired(String... ids) {
        for (String id : ids) {
            await().atMost(LIMIT).until(() -> count(id, "step <> 'claimed'") > 0);
        }
    }

    private void awaitFiredAt(String id, long second) {
        await().atMost(LIMIT)
                .until(() -> count(id, "step <> 'claimed' AND scheduled_for >= to_timestamp(" + second + ")") > 0);
    }

    private long count(String id, String condition) throws SQLException {
        return postgres.number("SELECT count(*) FROM task_execution_log WHERE task_id = '" + id + "' AND " + condition);
    }

    private static Pool pool(CrashablePostgres postgres, RedisFixture vertxOwner) {
        return Pool.newInstance(PgBuilder.pool()
                .connectingTo(PgConnectOptions.fromUri("postgresql://postgres:postgres@" + postgres.address()))
                .using(vertxOwner.vertx())
                .build());
    }

    private static <T> T done(Uni<T> uni) {
        return uni.await().atMost(LIMIT);
    }
}
