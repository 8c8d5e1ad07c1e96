package io.penstock.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.FailureKind;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueConsumers;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.schedule.ClaimedFire;
import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.MisfirePolicy;
import io.penstock.common.schedule.OverlapPolicy;
import io.penstock.common.schedule.ScheduledJobs;
import io.penstock.common.schedule.ScheduledTask;
import io.penstock.common.schedule.ScheduledTaskStore;
import io.penstock.common.schedule.TaskDefinition;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("quarkus")
@QuarkusTest
@TestProfile(ManualPasses.class)
@WithTestResource(ServersResource.class)
class SchedulerPassTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration DEDUP_RETENTION = Duration.ofMinutes(5);
    private static final Instant MIDNIGHT = Instant.parse("2026-11-22T00:00:00Z");

    @Inject
    SchedulerPass tick;

    @Inject
    MovableClock clock;

    @Inject
    Pool pool;

    @Inject
    ScheduledTaskStore tasks;

    @Inject
    RunFollower follower;

    @Inject
    LogRetention retention;

    @Inject
    ScheduledJobs jobs;

    @Inject
    FireEnqueuer enqueuer;

    @Inject
    JobQueue queue;

    @Inject
    QueueConsumers consumers;

    @Inject
    QueuePolicies policies;

    @Inject
    MisfireAlerts watch;

    @BeforeEach
    void empty() {
        sql("TRUNCATE scheduled_task, task_execution_log, alert, alert_notice");
        await(watch.runOnce());
        sql("TRUNCATE alert, alert_notice");
        try (RedisFixture redis = new RedisFixture()) {
            redis.run("PING");
        }
        clock.set(MIDNIGHT);
    }

    @Test
    void firesEachInstantOnceAndMovesOn() {
        declare(minutely("a"));
        runTicks(Duration.ofMinutes(3).plusSeconds(1));
        assertThat(log("a"))
                .containsExactly(
                        "00:01:00 cron running enqueued a-1795305660",
                        "00:02:00 cron running enqueued a-1795305720",
                        "00:03:00 cron running enqueued a-1795305780");
        assertThat(waiting()).isEqualTo(3);
        assertThat(text("SELECT next_run, execution_count FROM scheduled_task")).containsExactly("2026-11-22T00:04Z 3");
    }

    @Test
    void firesOnceHoweverManyReplicasTickAtOnce() {
        declare(IntStream.range(0, 150).mapToObj(i -> minutely("task-" + i)).toArray(DeclaredSchedule[]::new));
        await(tick.runOnce());
        for (int minute = 0; minute < 3; minute++) {
            clock.advance(Duration.ofMinutes(1));
            await(Uni.join().all(tick.runOnce(), tick.runOnce(), tick.runOnce()).andFailFast());
        }
        await(tick.runOnce());
        assertThat(waiting()).isEqualTo(450);
        assertThat(text("SELECT count(*), count(*) FILTER (WHERE step = 'enqueued') FROM task_execution_log"))
                .containsExactly("450 450");
        assertThat(text("SELECT count(*) FROM scheduled_task WHERE execution_count = 3"))
                .containsExactly("150");
    }

    @Test
    void survivesACrashBeforeTheClaimIsCommitted() {
        declare(minutely("a"));
        await(tick.runOnce());
        clock.advance(Duration.ofMinutes(1));
        SqlConnection dying = await(pool.getConnection());
        await(dying.begin());
        assertThat(await(tasks.lockDue(dying, clock.read(), 10, List.of("test.probe"))))
                .hasSize(1);

        await(tick.runOnce());
        assertThat(log("a")).as("locked by the one that will die").isEmpty();

        await(dying.close());
        await(tick.runOnce());
        assertThat(log("a")).containsExactly("00:01:00 cron running enqueued a-1795305660");
    }

    @Test
    void survivesACrashBetweenClaimAndEnqueue() {
        declare(minutely("a"));
        await(tick.runOnce());
        clock.advance(Duration.ofMinutes(1));
        assertThat(await(tick.claimOnly(ClockReading.of(clock.read())))).hasSize(1);
        assertThat(waiting()).isZero();

        clock.advance(Duration.ofSeconds(4));
        await(tick.runOnce());
        assertThat(waiting()).as("its owner may still be at it").isZero();

        clock.advance(Duration.ofSeconds(2));
        await(tick.runOnce());
        assertThat(waiting()).isEqualTo(1);
        assertThat(log("a")).containsExactly("00:01:00 cron running enqueued a-1795305660");
    }

    @Test
    void survivesACrashBetweenEnqueueAndMark() {
        declare(minutely("a"));
        enqueueWithoutMark();
        recoverAfterLease();
        assertThat(waiting()).isEqualTo(1);
        assertThat(log("a")).containsExactly("00:01:00 cron running enqueued a-1795305660");
    }

    @Test
    void asksTheQueueForJobsThatEndedBeforeTheyWereMarked() throws Exception {
        declare(minutely("a"));
        enqueueWithoutMark();
        runJobs();
        recoverAfterLease();
        assertThat(waiting()).isZero();
        assertThat(log("a")).containsExactly("00:01:00 cron running enqueued a-1795305660");
    }

    @Test
    void remembersWhatRanThoughTheQueueForgetsIt() throws Exception {
        declare(minutely("a"));
        enqueueWithoutMark();
        runJobs();
        try (RedisFixture redis = new RedisFixture(EmbeddedServers.redisUrl())) {
            redis.run("DEL", "queue:{probe:0}:completed");
        }
        recoverAfterLease();
        assertThat(waiting()).isZero();
        assertThat(log("a")).containsExactly("00:01:00 cron running enqueued a-1795305660");
    }

    @Test
    void aWriteThatComesMuchTooLateAddsNothing() throws Exception {
        declare(minutely("a"));
        await(tick.runOnce());
        clock.advance(Duration.ofMinutes(1));
        List<ClaimedFire> claimed = await(tick.claimOnly(ClockReading.of(clock.read())));
        recoverAfterLease();
        runJobs();
        try (RedisFixture redis = new RedisFixture(EmbeddedServers.redisUrl())) {
            redis.run("DEL", "queue:{probe:0}:completed");
        }
        assertThat(await(queue.enqueueOnce(List.of(jobs.job(claimed.get(0))), DEDUP_RETENTION)))
                .extracting(Enqueued::added)
                .containsExactly(false);
        assertThat(waiting()).isZero();
    }

    @Test
    void leavesAStaleClaimToTheOthers() {
        declare(minutely("a"));
        await(tick.runOnce());
        clock.advance(Duration.ofMinutes(1));
        ClockReading longAgo = new ClockReading(
                clock.read(), System.nanoTime() - Duration.ofSeconds(10).toNanos());
        await(enqueuer.enqueue(await(tick.claimOnly(ClockReading.of(clock.read()))), longAgo));
        assertThat(waiting()).isZero();
        recoverAfterLease();
        assertThat(waiting()).isEqualTo(1);
    }

    @Test
    void firesLateInstantsEachOnItsOwn() {
        declare(declared("a", "* * * * * *"));
        await(tick.runOnce());
        clock.advance(Duration.ofSeconds(20));
        await(tick.runOnce());
        assertThat(log("a")).hasSize(20).allMatch(row -> row.contains(" cron running enqueued "));
    }

    @Test
    void firesOnceAfterAnOutage() {
        declare(minutely("a"));
        afterSixHoursDown();
        assertThat(log("a")).containsExactly("06:00:00 catch-up running enqueued a-1795327200");
        assertThat(text("SELECT missed FROM task_execution_log")).containsExactly("359");
        assertThat(text("SELECT next_run FROM scheduled_task")).containsExactly("2026-11-22T06:01Z");
    }

    @Test
    void firesAllWithinBoundsAfterAnOutage() {
        declare(minutely("a").misfire(MisfirePolicy.FIRE_ALL));
        afterSixHoursDown();
        assertThat(log("a")).hasSize(10).first().isEqualTo("05:51:00 catch-up running enqueued a-1795326660");
        assertThat(text("SELECT sum(missed) FROM task_execution_log")).containsExactly("350");
        assertThat(waiting()).isEqualTo(10);
    }

    @Test
    void skipsWhatItMissedDuringAnOutage() {
        declare(declared("a", "30 * * * *").misfire(MisfirePolicy.SKIP));
        afterSixHoursDown();
        assertThat(log("a")).containsExactly("05:30:00 catch-up skipped ended null");
        assertThat(text("SELECT missed FROM task_execution_log")).containsExactly("5");
        assertThat(text("SELECT execution_count FROM scheduled_task")).containsExactly("0");
        assertThat(waiting()).isZero();
    }

    @Test
    void skipsWhileThePreviousRunIsUnfinished() throws Exception {
        declare(minutely("a").overlap(OverlapPolicy.SKIP));
        runTicks(Duration.ofMinutes(2).plusSeconds(1));
        assertThat(log("a"))
                .containsExactly("00:01:00 cron running enqueued a-1795305660", "00:02:00 cron skipped ended null");
        runJobs();
        runTicks(Duration.ofMinutes(1));
        assertThat(log("a")).last().isEqualTo("00:03:00 cron running enqueued a-1795305780");
    }

    @Test
    void holdsUntilThePreviousRunHasEnded() throws Exception {
        declare(minutely("a").overlap(OverlapPolicy.QUEUE));
        runTicks(Duration.ofMinutes(3).plusSeconds(1));
        assertThat(waiting()).isEqualTo(1);
        assertThat(text("SELECT step FROM task_execution_log ORDER BY scheduled_for"))
                .containsExactly("enqueued", "held", "held");
        runJobs();
        runTicks(Duration.ofSeconds(5));
        assertThat(waiting()).isEqualTo(1);
        assertThat(text("SELECT step FROM task_execution_log ORDER BY scheduled_for"))
                .containsExactly("enqueued", "enqueued", "held");
    }

    @Test
    void followsEachRunToTheEndOfItsJob() throws Exception {
        declare(minutely("a"), minutely("b"));
        runTicks(Duration.ofMinutes(1).plusSeconds(1));
        assertThat(await(follower.runOnce())).isFalse();
        assertThat(text("SELECT status, step FROM task_execution_log")).containsOnly("running enqueued");

        try (QueueConsumer consumer = consumers.open(policies.named("probe"), 0, Lane.MAIN, "tester")) {
            for (ClaimedJob job : await(consumer.claim(2, Duration.ofMillis(500)))) {
                if (job.id().startsWith("a-")) {
                    await(consumer.finish(List.of(
                            new FinishedJob(job, MIDNIGHT.plusSeconds(61), MIDNIGHT.plusSeconds(63), "{\"n\":1}"))));
                } else {
                    await(consumer.bury(job, "too slow", FailureKind.TIMEOUT));
                }
            }
        }
        clock.advance(Duration.ofSeconds(3));
        await(follower.runOnce());
        assertThat(text("SELECT task_id, status, step, execution_time, result, error FROM task_execution_log"
                        + " WHERE task_id = 'a'"))
                .containsExactly("a completed ended 2000 {\"n\":1} null");
        assertThat(text("SELECT task_id, status, step, result, error FROM task_execution_log WHERE task_id = 'b'"))
                .containsExactly("b timeout ended null too slow");
        assertThat(text("SELECT id, execution_count, failure_count FROM scheduled_task ORDER BY id"))
                .containsExactly("a 1 0", "b 1 1");
    }

    /** Its record says that it is ready, but there is no such entry: nobody will ever run it, and nothing will tell. */
    @Test
    void aRunOfWhichNobodyTellsDoesNotStayRunning() {
        declare(minutely("a"));
        runTicks(Duration.ofMinutes(1).plusSeconds(1));
        String jobId = text("SELECT job_id FROM task_execution_log").get(0);
        try (RedisFixture redis = new RedisFixture(EmbeddedServers.redisUrl())) {
            redis.run("HSET", RedisKeys.jobs("probe", 0), jobId, "1r;0;1-0");
        }
        clock.advance(Duration.ofSeconds(3));
        await(follower.runOnce());
        clock.advance(Duration.ofMinutes(1));
        await(follower.runOnce());

        assertThat(text("SELECT status, step FROM task_execution_log")).containsExactly("completed ended");
    }

    @Test
    void forgetsAfterThirtyDays() {
        declare(declared("a", "0 0 * * *"));
        runTicks(Duration.ZERO);
        for (int day = 0; day < 32; day++) {
            clock.advance(Duration.ofDays(1));
            await(tick.runOnce());
        }
        await(retention.runOnce());
        assertThat(text("SELECT count(*), min(scheduled_for) FROM task_execution_log"))
                .containsExactly("31 2026-11-24T00:00Z");
    }

    @Test
    void badDefinitionsNeverStopTheOthers() {
        declare(
                minutely("bad-cron"),
                minutely("bad-zone"),
                minutely("bad-type"),
                minutely("bad-payload"),
                minutely("good"));
        sql("UPDATE scheduled_task SET cron_expression = '61 * * * *' WHERE id = 'bad-cron'");
        sql("UPDATE scheduled_task SET time_zone = 'Mars/Olympus' WHERE id = 'bad-zone'");
        sql("UPDATE scheduled_task SET job_type = 'no.such' WHERE id = 'bad-type'");
        sql("UPDATE scheduled_task SET payload = '{\"number\":1000}' WHERE id = 'bad-payload'");
        runTicks(Duration.ofMinutes(2).plusSeconds(11));
        assertThat(log("good")).hasSize(2);
        assertThat(text("SELECT id, definition_error FROM scheduled_task ORDER BY id"))
                .containsExactly(
                        "bad-cron cronExpression, character 1: 61 is outside 0 to 59 in the minute",
                        "bad-payload payload.number: must be less than or equal to 100",
                        "bad-type unknown job type 'no.such'",
                        "bad-zone timeZone: unknown time zone 'Mars/Olympus', expected a name such as Asia/Taipei",
                        "good null");
        assertThat(log("bad-type"))
                .containsExactly("00:01:00 cron failed ended null", "00:02:00 cron failed ended null");
        assertThat(text("SELECT failure_count FROM scheduled_task WHERE id = 'bad-type'"))
                .containsExactly("2");

        sql("UPDATE scheduled_task SET job_type = 'test.probe' WHERE id = 'bad-type'");
        runTicks(Duration.ofMinutes(1));
        assertThat(text("SELECT definition_error FROM scheduled_task WHERE id = 'bad-type'"))
                .containsExactly("null");
    }

    @Test
    void aTypeThatOnlyAnotherSchedulerKnowsIsLeftToItForAWhile() {
        declare(minutely("theirs"));
        sql("UPDATE scheduled_task SET job_type = 'their.own'");
        runTicks(Duration.ofMinutes(1).plusSeconds(9));
        assertThat(log("theirs")).isEmpty();
        List<ScheduledTask> due =
                await(pool.withTransaction(theirs -> tasks.lockDue(theirs, clock.read(), 10, List.of("their.own"))));
        assertThat(due).extracting(ScheduledTask::id).containsExactly("theirs");
    }

    @Test
    void anOperatorsWordOutlivesTheNextRelease() {
        declare(minutely("edited"), minutely("off"), minutely("gone"), minutely("plain"), minutely("suspended"));
        await(tick.runOnce());
        sql("UPDATE scheduled_task SET cron_expression = '5 * * * *', overridden = true WHERE id = 'edited'");
        sql("UPDATE scheduled_task SET is_active = false WHERE id = 'off'");
        sql("UPDATE scheduled_task SET deleted_at = now() WHERE id = 'gone'");
        List<DeclaredSchedule> release = new ArrayList<>();
        for (String id : List.of("edited", "off", "gone", "plain", "suspended")) {
            release.add(declared(id, "10 * * * *"));
        }
        await(tasks.declare(release, Set.of("suspended"), clock.read()));
        assertThat(text("SELECT id, cron_expression, is_active, suspended, deleted_at IS NULL,"
                        + " declaration ->> 'cronExpression', next_run IS NULL FROM scheduled_task ORDER BY id"))
                .containsExactly(
                        "edited 5 * * * * true false true 10 * * * * false",
                        "gone 10 * * * * true false false 10 * * * * true",
                        "off 10 * * * * false false true 10 * * * * true",
                        "plain 10 * * * * true false true 10 * * * * true",
                        "suspended 10 * * * * true true true 10 * * * * true");
        await(tick.runOnce());
        assertThat(text("SELECT id FROM scheduled_task WHERE next_run IS NOT NULL ORDER BY id"))
                .containsExactly("edited", "plain");
    }

    @Test
    void declaringAgainChangesNothing() {
        DeclaredSchedule schedule = minutely("a");
        declare(schedule);
        await(tick.runOnce());
        declare(schedule);
        assertThat(text("SELECT version, next_run FROM scheduled_task")).containsExactly("1 2026-11-22T00:01Z");
    }

    @Test
    void handsOptionsToTheJob() {
        TaskDefinition plain = minutely("a").definition();
        declare(new DeclaredSchedule(
                "a",
                new TaskDefinition(
                        plain.name(),
                        plain.description(),
                        plain.cronExpression(),
                        plain.timeZone(),
                        plain.jobType(),
                        plain.payload(),
                        "notification",
                        6,
                        Duration.ofSeconds(30),
                        plain.misfire(),
                        plain.overlap())));
        runTicks(Duration.ofMinutes(1).plusSeconds(1));
        var job = await(queue.find("a-1795305660")).orElseThrow();
        assertThat(job.queue()).isEqualTo("notification");
        assertThat(job.maxAttempts()).isEqualTo(7);
        assertThat(job.payload()).isEqualTo("{\"number\":7}");
    }

    @Test
    void anOutageRaisesAnAlertForEachScheduleThatMissedAndEndsItWithTheNextFire() {
        declare(minutely("a"), minutely("b").misfire(MisfirePolicy.SKIP), declared("daily", "0 12 * * *"));
        await(tick.runOnce());
        clock.advance(Duration.ofHours(6).plusSeconds(5));
        await(tick.runOnce());
        await(watch.runOnce());
        await(watch.runOnce());
        assertThat(text("SELECT subject, state, summary FROM alert ORDER BY subject"))
                .containsExactly(
                        "schedule/a/missed raised schedule a missed 360 due times: no scheduler was at work",
                        "schedule/b/missed raised schedule b missed 359 due times: no scheduler was at work");
        runTicks(Duration.ofMinutes(1));
        await(watch.runOnce());
        assertThat(text("SELECT DISTINCT state, times_raised FROM alert")).containsExactly("recovered 1");
    }

    @Test
    void longLatenessRaisesAnAlertOnce() {
        declare(minutely("a"));
        await(tick.runOnce());
        for (int round = 0; round < 2; round++) {
            clock.advance(Duration.ofSeconds(round == 0 ? 75 : 60));
            await(tick.runOnce());
            await(watch.runOnce());
        }
        assertThat(text("SELECT subject, state, times_raised FROM alert")).containsExactly("schedule/a/late raised 1");
        clock.advance(Duration.ofSeconds(45));
        await(tick.runOnce());
        await(watch.runOnce());
        assertThat(text("SELECT subject, state FROM alert")).containsExactly("schedule/a/late recovered");
    }

    @Test
    void threeFailuresInARowRaiseAnAlertAndOneGoodRunEndsIt() throws Exception {
        declare(minutely("a"));
        for (int run = 1; run <= 4; run++) {
            runTicks(Duration.ofMinutes(1));
            endJobs(false);
            assertThat(text("SELECT subject FROM alert")).hasSize(run < 3 ? 0 : 1);
        }
        assertThat(text("SELECT failures_in_row, failure_count FROM scheduled_task"))
                .containsExactly("4 4");
        assertThat(text("SELECT subject, state, summary FROM alert"))
                .containsExactly("schedule/a/failing raised schedule a failed 3 times in a row: asked to fail");
        runTicks(Duration.ofMinutes(1));
        endJobs(true);
        assertThat(text("SELECT failures_in_row, failure_count FROM scheduled_task"))
                .containsExactly("0 4");
        assertThat(text("SELECT state, times_raised FROM alert")).containsExactly("recovered 1");
    }

    @Test
    void aDefinitionThatMakesNoJobRaisesTheAlertToo() {
        declare(minutely("a"));
        sql("UPDATE scheduled_task SET job_type = 'no.such'");
        runTicks(Duration.ofMinutes(3).plusSeconds(11));
        assertThat(text("SELECT summary FROM alert"))
                .containsExactly("schedule a failed 3 times in a row: unknown job type 'no.such'");
    }

    /** A worker that ends whatever waits, and the follower that learns of it. */
    private void endJobs(boolean well) throws Exception {
        try (QueueConsumer consumer = consumers.open(policies.named("probe"), 0, Lane.MAIN, "tester")) {
            for (ClaimedJob job : await(consumer.claim(10, Duration.ofMillis(500)))) {
                if (well) {
                    await(consumer.finish(List.of(finished(job))));
                } else {
                    await(consumer.bury(job, "asked to fail"));
                }
            }
        }
        clock.advance(Duration.ofSeconds(2));
        await(follower.runOnce());
    }

    private void afterSixHoursDown() {
        await(tick.runOnce());
        clock.advance(Duration.ofHours(6).plusSeconds(10));
        await(tick.runOnce());
    }

    private void enqueueWithoutMark() {
        await(tick.runOnce());
        clock.advance(Duration.ofMinutes(1));
        List<ClaimedFire> claimed = await(tick.claimOnly(ClockReading.of(clock.read())));
        assertThat(await(queue.enqueueOnce(List.of(jobs.job(claimed.get(0))), DEDUP_RETENTION)))
                .extracting(Enqueued::added)
                .containsExactly(true);
    }

    private void recoverAfterLease() {
        clock.advance(Duration.ofSeconds(6));
        await(tick.runOnce());
    }

    /** A worker that ends whatever waits, well. */
    private void runJobs() throws Exception {
        QueuePolicy policy = policies.named("probe");
        try (QueueConsumer consumer = consumers.open(policy, 0, Lane.MAIN, "tester")) {
            List<ClaimedJob> claimed = await(consumer.claim(100, Duration.ofMillis(500)));
            assertThat(claimed).isNotEmpty();
            await(consumer.finish(claimed.stream().map(this::finished).toList()));
        }
    }

    private FinishedJob finished(ClaimedJob job) {
        return new FinishedJob(job, clock.read(), clock.read(), null);
    }

    private void runTicks(Duration span) {
        Instant end = clock.read().plus(span);
        while (clock.read().isBefore(end)) {
            await(tick.runOnce());
            clock.advance(Duration.ofSeconds(5));
        }
        clock.set(end);
        await(tick.runOnce());
    }

    private void declare(DeclaredSchedule... schedules) {
        await(tasks.declare(List.of(schedules), Set.of(), clock.read()));
    }

    private static DeclaredSchedule minutely(String id) {
        return declared(id, "* * * * *");
    }

    private static DeclaredSchedule declared(String id, String expression) {
        return DeclaredSchedule.of(id, "Name of " + id, "", expression, "UTC", "test.probe", "{\"number\":7}");
    }

    private long waiting() {
        return await(queue.status("probe")).waiting();
    }

    private List<String> log(String taskId) {
        return text("SELECT to_char(scheduled_for AT TIME ZONE 'UTC', 'HH24:MI:SS'), trigger, status, step, job_id"
                + " FROM task_execution_log WHERE task_id = '" + taskId + "' ORDER BY scheduled_for");
    }

    private List<String> text(String query) {
        List<String> rows = new ArrayList<>();
        for (Row row : await(pool.query(query).execute())) {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                values.add(String.valueOf(row.getValue(i)));
            }
            rows.add(String.join(" ", values));
        }
        return rows;
    }

    private void sql(String statement) {
        await(pool.query(statement).execute());
    }

    private static <T> T await(Uni<T> uni) {
        return uni.await().atMost(LIMIT);
    }
}
