package io.penstock.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A hundred thousand schedules cost what the due ones cost. */
@QuarkusTest
@TestProfile(ManualTicks.class)
@WithTestResource(ServersResource.class)
class TickCostTest {

    private static final Logger LOG = Logger.getLogger(TickCostTest.class);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    /** Ten times what a tick takes on an idle machine, so that a busy one does not fail the build. */
    private static final Duration BOUND = Duration.ofSeconds(1);

    @Inject
    Tick tick;

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

    @Test
    void ticksOverAHundredThousandSchedulesWithOnePercentDueEachMinute() {
        clock.set(NOON);
        sql(
                """
                INSERT INTO scheduled_task (id, name, description, cron_expression, time_zone, job_type, payload,
                    misfire_policy, overlap_policy, next_run, created_at, updated_at)
                SELECT 'task-' || n, 'n', '', (n % 60) || ' ' || (n / 60 % 100 % 60) || ' */2 * * *', 'Asia/Taipei',
                    'test.probe', '{"number":1}', 'fire_once', 'allow',
                    timestamptz '2026-11-22T12:00:00Z' + (n % 6000) * interval '1 second', now(), now()
                FROM generate_series(1, 100000) AS n
                """);
        sql("ANALYZE scheduled_task");

        List<Long> micros = new ArrayList<>();
        for (int second = 0; second < 60; second++) {
            clock.advance(Duration.ofSeconds(1));
            long begin = System.nanoTime();
            tick.runOnce().await().atMost(LIMIT);
            micros.add((System.nanoTime() - begin) / 1_000);
        }
        Collections.sort(micros);
        LOG.infof("tick over 100,000 schedules: median %d us, p95 %d us", micros.get(30), micros.get(57));

        assertThat(count("SELECT count(*) FROM task_execution_log WHERE step = 'enqueued'"))
                .isBetween(950L, 1_050L);
        assertThat(Duration.ofNanos(micros.get(30) * 1_000)).isLessThan(BOUND);
        assertThat(
                        plan(
                                "SELECT id FROM scheduled_task AS t WHERE t.is_active AND NOT t.suspended AND t.deleted_at IS NULL"
                                        + " AND t.next_run <= timestamptz '2026-11-22T12:01:00Z' ORDER BY t.next_run LIMIT 200"))
                .contains("scheduled_task_due")
                .doesNotContain("Seq Scan");
    }

    private String plan(String query) {
        StringBuilder plan = new StringBuilder();
        for (Row row : pool.query("EXPLAIN " + query).execute().await().atMost(LIMIT)) {
            plan.append(row.getString(0)).append('\n');
        }
        return plan.toString();
    }

    private long count(String query) {
        return pool.query(query)
                .execute()
                .await()
                .atMost(LIMIT)
                .iterator()
                .next()
                .getLong(0);
    }

    private void sql(String statement) {
        pool.query(statement).execute().await().atMost(LIMIT);
    }
}
