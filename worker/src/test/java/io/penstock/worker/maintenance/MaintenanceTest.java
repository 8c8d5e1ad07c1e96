package io.penstock.worker.maintenance;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.hamcrest.Matchers.containsString;

import io.penstock.common.cache.CleanUpCache;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.maintenance.CacheMaintenance;
import io.penstock.common.maintenance.CleanUpOldData;
import io.penstock.common.maintenance.HealthCheck;
import io.penstock.common.maintenance.MaintenanceJobs;
import io.penstock.common.maintenance.MaintenanceSchedules;
import io.penstock.common.maintenance.QueueMaintenance;
import io.penstock.common.maintenance.QueueMonitor;
import io.penstock.common.maintenance.TemporaryKeys;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.NewJob;
import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.ServersResource;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What each of the jobs does that keep Penstock in order, on a real Redis and PostgreSQL. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class MaintenanceTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** No worker serves it here, since no handler is for it. */
    private static final String QUEUE = "unserved";

    @Inject
    QueueMonitorHandler monitor;

    @Inject
    HealthCheckHandler health;

    @Inject
    CacheMaintenanceHandler cache;

    @Inject
    QueueMaintenanceHandler queues;

    @Inject
    CleanUpOldDataHandler oldData;

    @Inject
    TemporaryKeys keys;

    @Inject
    JobEnqueuer enqueuer;

    @Inject
    MaintenanceSchedules schedules;

    @Inject
    JobQueue queue;

    @Inject
    Pool pool;

    private record Context(
            String jobId,
            String type,
            String queue,
            int attempt,
            int maxAttempts,
            Instant deadline,
            boolean isCancelled)
            implements JobContext {

        @Override
        public void whenCancelled(Runnable action) {
            // It never is.
        }
    }

    @BeforeEach
    void empty() {
        sql("TRUNCATE alert, alert_notice, health_check");
        // Other tests leave batches that nobody works off.
        sql("DELETE FROM batch_operations");
        try (RedisFixture redis = new RedisFixture()) {
            redis.run("PING");
        }
    }

    @Test
    void everyShippedScheduleHasItsType() {
        assertThat(schedules.schedules())
                .extracting(
                        DeclaredSchedule::id,
                        schedule -> schedule.definition().cronExpression(),
                        schedule -> schedule.definition().timeZone(),
                        schedule -> schedule.definition().jobType())
                .containsExactly(
                        tuple("queue-monitor", "* * * * *", "Asia/Taipei", "queue_monitor"),
                        tuple("health-check", "0 */5 * * * *", "Asia/Taipei", "health_check"),
                        tuple("cache-maintenance", "0 * * * *", "Asia/Taipei", "cache_maintenance"),
                        tuple("queue-maintenance", "0 2 * * *", "Asia/Taipei", "queue_maintenance"),
                        tuple("daily-cleanup", "0 3 * * *", "Asia/Taipei", "cleanup_old_data"));
        assertThat(new MaintenanceJobs().jobTypes())
                .extracting(JobType::name, JobType::queue)
                .containsExactly(
                        tuple("queue_monitor", "high-priority"),
                        tuple("health_check", "high-priority"),
                        tuple("cache_maintenance", "cleanup"),
                        tuple("queue_maintenance", "cleanup"),
                        tuple("cleanup_old_data", "cleanup"),
                        tuple("outage_notice", "high-priority"));
    }

    @Test
    void theMonitorWarnsOncePerChange() {
        enqueue(1_001);
        assertThat(run(monitor, new QueueMonitor())).contains("tooFull=1, changed=1");
        assertThat(run(monitor, new QueueMonitor())).contains("tooFull=1, changed=0");
        assertThat(rows("SELECT subject, severity, state, summary FROM alert"))
                .containsExactly("queue/unserved/waiting warning raised"
                        + " queue unserved has 1001 waiting jobs, the bound is 1000");
        given().get("/q/metrics")
                .then()
                .body(containsString("penstock_queue_depth{queue=\"unserved\",state=\"waiting\"} 1001.0"));

        new RedisFixture().close();
        assertThat(run(monitor, new QueueMonitor())).contains("tooFull=0, changed=1");
        assertThat(rows("SELECT state FROM alert")).containsExactly("recovered");
    }

    @Test
    void theMonitorWarnsOfFailedJobs() {
        deadJobs(101, Duration.ZERO);
        assertThat(run(monitor, new QueueMonitor())).contains("tooFull=1, changed=1");
        assertThat(rows("SELECT subject FROM alert")).containsExactly("queue/unserved/failed");
    }

    @Test
    void theHealthCheckKeepsItsResult() {
        // The Redis of the tests keeps nothing on disk, which the check has to say.
        assertThat(run(health, new HealthCheck())).contains("status=degraded", "notUp=[redis]");
        assertThat(rows("SELECT status, jsonb_path_query_array(parts, '$[*] ? (@.status == \"up\").name')::text LIKE"
                        + " '[\"postgresql\", \"queue/%' FROM health_check"))
                .containsExactly("degraded true");
        assertThat(rows("SELECT subject FROM alert")).isEmpty();
    }

    @Test
    void theHealthCheckRaisesACriticalAlertForAQueueThatStandsStill() {
        try (RedisFixture redis = new RedisFixture(EmbeddedServers.redisUrl())) {
            long twentyMinutesAgo =
                    System.currentTimeMillis() - Duration.ofMinutes(20).toMillis();
            redis.run("XADD", "queue:{unserved:0}:ready:0", twentyMinutesAgo + "-0", "h", "1;no.such", "p", "{}");
        }
        assertThat(run(health, new HealthCheck()))
                .as("the first check has nothing to compare with")
                .contains("degraded");
        assertThat(run(health, new HealthCheck())).contains("status=down", "queue/unserved");
        assertThat(rows("SELECT subject, severity, state FROM alert"))
                .containsExactly("health/queue/unserved critical raised");
        new RedisFixture().close();
        assertThat(run(health, new HealthCheck())).contains("degraded");
        assertThat(rows("SELECT state FROM alert")).containsExactly("recovered");
    }

    @Test
    void theHealthCheckNoticesThatNoSchedulerIsAtWork() {
        sql("INSERT INTO scheduled_task (id, name, description, cron_expression, time_zone, job_type, payload,"
                + " misfire_policy, overlap_policy, next_run, created_at, updated_at) VALUES ('overdue-test', 'a', '', '* * * * *',"
                + " 'UTC', 'diagnostics.ping', '{}', 'skip', 'skip', now() - interval '5 minutes', now(), now())");
        try {
            assertThat(run(health, new HealthCheck())).contains("status=degraded", "scheduler");
            assertThat(rows("SELECT subject, severity, state FROM alert"))
                    .containsExactly("health/scheduler warning raised");
        } finally {
            sql("DELETE FROM scheduled_task WHERE id = 'overdue-test'");
        }
        run(health, new HealthCheck());
        assertThat(rows("SELECT state FROM alert"))
                .as("well for the first time: it may come and go")
                .containsExactly("raised");
        run(health, new HealthCheck());
        assertThat(rows("SELECT state FROM alert")).containsExactly("recovered");
    }

    @Test
    void cacheMaintenanceRemovesIdleTemporaryKeysWithoutExpiry() {
        try (RedisFixture redis = new RedisFixture(EmbeddedServers.redisUrl())) {
            redis.run("SET", "temp:young", "1");
            redis.run("SET", "temp:expires", "1", "EX", "1000");
            redis.run("SET", "product:keeps", "1");
            assertThat(run(cache, new CacheMaintenance(null)))
                    .as("what was written just now may get its expiry in a moment")
                    .contains("temporary=2, removed=0, done=true");
            CacheMaintenanceHandler impatient = new CacheMaintenanceHandler(keys, enqueuer, idle(Duration.ZERO));
            assertThat(run(impatient, new CacheMaintenance(null))).contains("removed=1, done=true");
            assertThat(redis.run("EXISTS", "temp:young").toInteger()).isZero();
            assertThat(redis.run("EXISTS", "temp:expires", "product:keeps").toInteger())
                    .isEqualTo(2);
        }
    }

    @Test
    void queueMaintenanceRemovesWhatEndedLongAgo() {
        deadJobs(3, Duration.ofDays(8));
        deadJobs(2, Duration.ofDays(6));
        try (RedisFixture redis = new RedisFixture(EmbeddedServers.redisUrl())) {
            long now = System.currentTimeMillis();
            for (int hours : List.of(48, 25, 23)) {
                long at = now - Duration.ofHours(hours).toMillis();
                redis.run("XADD", "queue:{unserved:0}:completed", at + "-0", "n", "2", "r", "{}\n{}");
            }
            redis.run("HSET", "queue:{unserved:0}:meta", "kept", "6");
            assertThat(run(queues, new QueueMaintenance())).contains("completed=4, failed=3");
            assertThat(run(queues, new QueueMaintenance())).contains("completed=0, failed=0");
            assertThat(redis.run("XLEN", "queue:{unserved:0}:completed").toInteger())
                    .isEqualTo(1);
            assertThat(redis.run("HGET", "queue:{unserved:0}:meta", "kept").toString())
                    .isEqualTo("2");
            assertThat(redis.run("ZCARD", "queue:{unserved:0}:dead").toInteger())
                    .isEqualTo(2);
            assertThat(redis.run("HLEN", "queue:{unserved:0}:jobs").toInteger()).isEqualTo(2);
        }
    }

    @Test
    void oldDataGoesAndTemporaryValuesFollow() {
        sql("TRUNCATE task_execution_log");
        sql("INSERT INTO task_execution_log (task_id, scheduled_for, trigger, status, step, attend_at)"
                + " SELECT 'old-data', now() - n * interval '29 days', 'cron', 'completed', 'ended', now()"
                + " FROM generate_series(1, 6) AS n");
        sql("INSERT INTO health_check (checked_at, status, parts, finished)"
                + " SELECT now() - n * interval '40 days', 'up', '[]', '{}' FROM generate_series(1, 4) AS n");
        Context context = new Context("job-1", "cleanup_old_data", "cleanup", 1, 1, Instant.MAX, false);

        Outcome.Completed outcome = (Outcome.Completed) get(oldData.handle(new CleanUpOldData(null), context));

        assertThat(outcome.result().toString()).contains("execution-logs=3", "health-checks=2");
        assertThat(outcome.followUps())
                .extracting(next -> next.type().name(), next -> next.payload())
                .containsExactly(tuple("cleanup_cache", new CleanUpCache("temp:*")));
        assertThat(rows("SELECT count(*) FROM task_execution_log WHERE task_id = 'old-data'"))
                .containsExactly("3");
        sql("DELETE FROM task_execution_log WHERE task_id = 'old-data'");
    }

    private static MaintenanceConfig idle(Duration idle) {
        return new SmallRyeConfigBuilder()
                .withMapping(MaintenanceConfig.class)
                .withSources(new PropertiesConfigSource(
                        Map.of("penstock.maintenance.cache.idle", idle.toString()), "test", 1_000))
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(MaintenanceConfig.class);
    }

    private void enqueue(int jobs) {
        List<NewJob> bulk = IntStream.range(0, jobs)
                .mapToObj(n -> new NewJob("no.such", QUEUE, "{}", 1, JobOptions.DEFAULT, Optional.empty()))
                .toList();
        get(queue.enqueueAll(bulk.subList(0, jobs / 2)));
        get(queue.enqueueAll(bulk.subList(jobs / 2, jobs)));
    }

    private static void deadJobs(int jobs, Duration ago) {
        try (RedisFixture redis = new RedisFixture(EmbeddedServers.redisUrl())) {
            long at = System.currentTimeMillis() - ago.toMillis();
            for (int n = 0; n < jobs; n++) {
                String id = "dead-" + ago.toDays() + "-" + n;
                redis.run("ZADD", "queue:{unserved:0}:dead", String.valueOf(at), id);
                redis.run("HSET", "queue:{unserved:0}:jobs", id, "1d;0;\n1;no.such;i=" + id + "\nreason\n{}");
            }
        }
    }

    private <P> String run(JobHandler<P> handler, P payload) {
        Context context = new Context("job-1", handler.type().name(), "cleanup", 1, 1, Instant.MAX, false);
        Outcome outcome = get(handler.handle(payload, context));
        assertThat(outcome).isInstanceOf(Outcome.Completed.class);
        return String.valueOf(((Outcome.Completed) outcome).result());
    }

    private List<String> rows(String query) {
        List<String> rows = new ArrayList<>();
        for (Row row : get(pool.query(query).execute())) {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                values.add(String.valueOf(row.getValue(i)));
            }
            rows.add(String.join(" ", values));
        }
        return rows;
    }

    private void sql(String statement) {
        get(pool.query(statement).execute());
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(LIMIT);
    }
}
