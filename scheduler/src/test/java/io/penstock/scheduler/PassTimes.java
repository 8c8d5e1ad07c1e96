package io.penstock.scheduler;

import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Prints how long a tick takes, from the look at the clock to the last mark, while 1 % of the schedules come due each
 * minute. A measurement, not a test; {@code deploy/docs/benchmarks.md} has the figures and how to get them.
 */
@Tag("quarkus")
@QuarkusTest
@TestProfile(ManualPasses.class)
@WithTestResource(ServersResource.class)
@EnabledIfSystemProperty(named = "penstock.tick-times", matches = "\\d+")
class PassTimes {

    private static final Logger LOG = Logger.getLogger(PassTimes.class);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final int TICKS = Integer.getInteger("penstock.tick-times", 300);
    private static final int WARM_UP = 120;

    @Inject
    SchedulerPass tick;

    @Inject
    MovableClock clock;

    @Inject
    Pool pool;

    @BeforeEach
    @AfterEach
    void empty() {
        sql("TRUNCATE scheduled_task, task_execution_log");
        new RedisFixture().close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 10_000, 100_000})
    void print(int schedules) {
        clock.set(NOON);
        sql(
                """
                INSERT INTO scheduled_task (id, name, description, cron_expression, time_zone, job_type, payload,
                    misfire_policy, overlap_policy, next_run, created_at, updated_at)
                SELECT 'task-' || n, 'n', '', (n %% 60) || ' ' || (n / 60 %% 60) || ' */2 * * *', 'Asia/Taipei',
                    'test.probe', '{"number":1}', 'fire_once', 'allow',
                    timestamptz '2026-11-22T12:00:00Z' + (n %% 6000) * interval '1 second', now(), now()
                FROM generate_series(1, %d) AS n
                """
                        .formatted(schedules));
        sql("ANALYZE scheduled_task");
        long[] micros = new long[TICKS];
        for (int turn = -WARM_UP; turn < TICKS; turn++) {
            clock.advance(Duration.ofSeconds(1));
            long begin = System.nanoTime();
            tick.runOnce().await().atMost(LIMIT);
            if (turn >= 0) {
                micros[turn] = (System.nanoTime() - begin) / 1_000;
            }
        }
        Arrays.sort(micros);
        LOG.infof(
                "%d schedules, %d ticks: median %.1f ms, p99 %.1f ms, most %.1f ms",
                schedules, TICKS, micros[TICKS / 2] / 1e3, micros[TICKS * 99 / 100] / 1e3, micros[TICKS - 1] / 1e3);
    }

    private void sql(String statement) {
        pool.query(statement).execute().await().atMost(LIMIT);
    }
}
