package io.penstock.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.schedule.ScheduledJobs;
import io.penstock.common.schedule.ScheduledTaskStore;
import io.penstock.common.schedule.TaskExecutionStore;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a tick asks of PostgreSQL, told in statements and rows: a hundred thousand schedules cost what the due ones cost.
 * {@link PassTimes} has the times.
 */
@Tag("quarkus")
@QuarkusTest
@TestProfile(ManualPasses.class)
@WithTestResource(ServersResource.class)
class SchedulerPassCostTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final int SCHEDULES = 100_000;
    /** One percent of them a minute. */
    private static final int DUE_PER_SECOND = 17;

    @Inject
    Pool pool;

    @Inject
    MovableClock clock;

    @Inject
    FirePlanner planner;

    @Inject
    JobQueue queue;

    @Inject
    RunStatuses statuses;

    @Inject
    ScheduledJobs jobs;

    @Inject
    FireMeters meters;

    @Inject
    MisfireAlerts watch;

    @Inject
    JobTypes types;

    @Inject
    SchedulerConfig config;

    private StatementLog log;
    private SchedulerPass tick;

    @BeforeEach
    void define() {
        empty();
        clock.set(NOON);
        sql(
                """
                INSERT INTO scheduled_task (id, name, description, cron_expression, time_zone, job_type, payload,
                    misfire_policy, overlap_policy, next_run, created_at, updated_at)
                SELECT 'task-' || n, 'n', '', (n %% 60) || ' ' || (n / 60 %% 60) || ' */2 * * *', 'Asia/Taipei',
                    'test.probe', '{"number":1}', 'fire_once', 'allow',
                    timestamptz '2026-11-22T12:00:00Z' + (n %% %d) * interval '1 second', now(), now()
                FROM generate_series(1, %d) AS n
                """
                        .formatted(SCHEDULES / DUE_PER_SECOND, SCHEDULES));
        sql("ANALYZE scheduled_task");
        log = new StatementLog(pool);
        ScheduledTaskStore tasks = new ScheduledTaskStore(log.pool());
        TaskExecutionStore executions = new TaskExecutionStore(log.pool());
        OverlapChecker overlaps = new OverlapChecker(executions, statuses, config);
        FireEnqueuer enqueuer =
                new FireEnqueuer(queue, statuses, jobs, overlaps, tasks, executions, meters, watch, config);
        tick = new SchedulerPass(log.pool(), clock, tasks, executions, planner, enqueuer, meters, watch, types, config);
        tick();
    }

    @AfterEach
    void empty() {
        sql("TRUNCATE scheduled_task, task_execution_log");
        new RedisFixture().close();
    }

    @Test
    void asksOneQuestionWhereNothingIsDue() {
        assertThat(tick()).singleElement().asString().contains("AS unplanned", "AS due", "AS unattended");
    }

    @Test
    void firesABatchWithEightStatements() {
        clock.advance(Duration.ofSeconds(1));
        List<String> statements = tick();
        assertThat(number("SELECT count(*) FROM task_execution_log WHERE step = 'enqueued'"))
                .isBetween((long) DUE_PER_SECOND, 3L * DUE_PER_SECOND);
        assertThat(statements.stream().map(SchedulerPassCostTest::verb))
                .containsExactly("SELECT", "BEGIN", "SET", "SELECT", "INSERT", "UPDATE", "COMMIT", "UPDATE");
    }

    @Test
    void touchesTheDueSchedulesAndNoOther() {
        clock.advance(Duration.ofSeconds(1));
        List<String> statements = tick();
        Instant next = clock.read().plusSeconds(1);
        JsonObject agenda = plan(statements.get(0), Tuple.of(next.atOffset(ZoneOffset.UTC)));
        JsonObject due = plan(
                statements.get(3),
                Tuple.of(
                        next.atOffset(ZoneOffset.UTC),
                        200,
                        new String[] {"test.probe"},
                        next.minusSeconds(10).atOffset(ZoneOffset.UTC)));
        for (JsonObject plan : List.of(agenda, due)) {
            assertThat(nodes(plan).stream().map(node -> node.getString("Node Type")))
                    .as(plan.encodePrettily())
                    .doesNotContain("Seq Scan");
        }
        assertThat(indexes(agenda)).contains("scheduled_task_due", "scheduled_task_unplanned");
        assertThat(rowsTouched(agenda)).isLessThanOrEqualTo(3);
        assertThat(indexes(due)).containsExactly("scheduled_task_due");
        assertThat(rowsTouched(due)).isBetween(DUE_PER_SECOND, 2 * DUE_PER_SECOND);
    }

    private List<String> tick() {
        tick.runOnce().await().atMost(LIMIT);
        return log.take();
    }

    private static String verb(String statement) {
        return statement.strip().split("\\s")[0];
    }

    private JsonObject plan(String statement, Tuple parameters) {
        Row row = pool.preparedQuery("EXPLAIN (ANALYZE, FORMAT JSON) " + statement)
                .execute(parameters)
                .await()
                .atMost(LIMIT)
                .iterator()
                .next();
        return ((JsonArray) row.getValue(0)).getJsonObject(0).getJsonObject("Plan");
    }

    private static List<JsonObject> nodes(JsonObject plan) {
        List<JsonObject> nodes = new ArrayList<>(List.of(plan));
        JsonArray children = plan.getJsonArray("Plans", new JsonArray());
        for (int i = 0; i < children.size(); i++) {
            nodes.addAll(nodes(children.getJsonObject(i)));
        }
        return nodes;
    }

    private static List<String> indexes(JsonObject plan) {
        return nodes(plan).stream()
                .filter(node -> node.containsKey("Index Name"))
                .map(node -> node.getString("Index Name"))
                .collect(Collectors.toList());
    }

    /** Rows that the indexes led to, those that a condition threw away included. */
    private static int rowsTouched(JsonObject plan) {
        return (int) nodes(plan).stream()
                .filter(node -> node.containsKey("Index Name"))
                .mapToDouble(node -> node.getDouble("Actual Rows") + node.getDouble("Rows Removed by Filter", 0.0))
                .sum();
    }

    private long number(String query) {
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
