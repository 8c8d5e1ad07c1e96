package io.penstock.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

/**
 * Three scheduler processes, killed, stopped and continued at random, while PostgreSQL crashes and comes back. A worker
 * ends each job at once, so that queue and records forget it: every instant must still be run once.
 *
 * <p>The build does it briefly and with few schedules. The whole of it, with the lateness that a deployment may expect:
 * {@code ./mvnw verify -pl scheduler -am -Dtest=ReplicasUnderFireEndToEnd -Dsurefire.failIfNoSpecifiedTests=false
 * -Dpenstock.under-fire=120 -Dpenstock.under-fire.schedules=1000}
 */
class ReplicasUnderFireEndToEnd {

    private static final Logger LOG = Logger.getLogger(ReplicasUnderFireEndToEnd.class);
    private static final int REPLICAS = 3;
    private static final boolean WHOLE = System.getProperty("penstock.under-fire") != null;
    private static final Duration FIRE = Duration.ofSeconds(Integer.getInteger("penstock.under-fire", 10));
    private static final int SCHEDULES = Integer.getInteger("penstock.under-fire.schedules", 50);
    private static final Duration LIMIT = Duration.ofSeconds(120);
    /** What the schedulers may take to work off what came due while PostgreSQL was away. */
    private static final int BACK_TO_NORMAL_SECONDS = 5;

    private final Random random = new Random(Integer.getInteger("penstock.under-fire.seed", 7));
    private final Map<Long, Long> outages = new TreeMap<>();

    @Test
    void everyInstantIsRunOnce() throws Exception {
        RedisServer server = EmbeddedServers.startRedis();
        String redisUrl = "redis://127.0.0.1:" + server.ports().get(0);
        List<Replica> replicas = new ArrayList<>();
        try (CrashablePostgres postgres = new CrashablePostgres();
                RedisFixture redis = new RedisFixture(redisUrl);
                CountingConsumer consumer = new CountingConsumer(redis)) {
            for (int i = 0; i < REPLICAS; i++) {
                replicas.add(new Replica("under-fire-" + i, redisUrl, postgres.address()));
            }
            replicas.forEach(Replica::awaitUp);
            define(postgres);
            await().atMost(LIMIT).until(() -> consumer.seen().size() > 3 * SCHEDULES);

            long begin = now(postgres);
            underFire(replicas, postgres);
            long end = now(postgres);

            await().atMost(LIMIT).until(() -> isQuiet(postgres, end));
            await().atMost(LIMIT).until(() -> consumer.seen().size() >= logged(postgres));
            assertEachOnce(consumer.seen(), begin, end);
            assertThat(postgres.number("SELECT count(*)" + within(begin, end) + " AND job_id IS NOT NULL"))
                    .isEqualTo((end - begin - 1) * SCHEDULES);
            tellLateness(postgres, begin, end);
        } finally {
            for (Replica replica : replicas) {
                replica.close();
            }
            server.stop();
        }
    }

    private static void define(CrashablePostgres postgres) throws SQLException {
        postgres.run("INSERT INTO scheduled_task (id, name, description, cron_expression, time_zone, job_type, payload,"
                + " queue, misfire_policy, overlap_policy, created_at, updated_at)"
                + " SELECT 'task-' || n, 'n', '', '* * * * * *', 'UTC', 'queue_monitor', '{}',"
                + " '" + CountingConsumer.QUEUE + "', 'fire_all', 'allow', clock_timestamp(), clock_timestamp()"
                + " FROM generate_series(1, " + SCHEDULES + ") AS n");
    }

    /** Each kind of blow at least once, then at random; PostgreSQL falls once, in the middle. */
    private void underFire(List<Replica> replicas, CrashablePostgres postgres) throws Exception {
        long begin = System.nanoTime();
        boolean kill = true;
        while (System.nanoTime() - begin < FIRE.toNanos() || outages.isEmpty()) {
            Replica victim = replicas.get(random.nextInt(REPLICAS));
            if (kill) {
                victim.kill();
                victim.start();
                victim.awaitUp();
            } else {
                victim.stop();
                pause(500 + random.nextInt(WHOLE ? 9_000 : 2_500));
                victim.goOn();
                pause(random.nextInt(WHOLE ? 3_000 : 500));
            }
            kill = WHOLE ? random.nextBoolean() : !kill;
            if (outages.isEmpty() && System.nanoTime() - begin > FIRE.toNanos() / 2) {
                long down = now(postgres);
                postgres.crash();
                pause(1_000 + random.nextInt(2_000));
                postgres.comeBack();
                outages.put(down, now(postgres));
            }
        }
    }

    /** Every schedule has been looked at after the end, and nothing is under way. */
    private static boolean isQuiet(CrashablePostgres postgres, long end) throws SQLException {
        boolean reached = postgres.number("SELECT extract(epoch FROM min(next_run))::bigint FROM scheduled_task"
                        + " WHERE id LIKE 'task-%' AND is_active")
                > end;
        if (reached) {
            postgres.run("UPDATE scheduled_task SET is_active = false, next_run = NULL WHERE id LIKE 'task-%'");
        }
        return postgres.number("SELECT count(*) FROM scheduled_task WHERE id LIKE 'task-%' AND is_active") == 0
                && postgres.number("SELECT count(*) FROM task_execution_log WHERE step IN ('claimed', 'held')") == 0;
    }

    private static long logged(CrashablePostgres postgres) throws SQLException {
        return postgres.number(
                "SELECT count(*) FROM task_execution_log WHERE task_id LIKE 'task-%' AND job_id IS NOT NULL");
    }

    private static void assertEachOnce(Map<String, AtomicInteger> seen, long begin, long end) {
        List<String> wrong = new ArrayList<>();
        for (int task = 1; task <= SCHEDULES; task++) {
            for (long second = begin + 1; second < end; second++) {
                String job = "task-" + task + "-" + second;
                AtomicInteger times = seen.get(job);
                if (times == null || times.get() != 1) {
                    wrong.add(job + " ran " + (times == null ? 0 : times.get()) + " times");
                }
            }
        }
        assertThat(wrong).as("instants that did not run once").isEmpty();
    }

    private void tellLateness(CrashablePostgres postgres, long begin, long end) throws SQLException {
        String all = within(begin, end);
        StringBuilder outside = new StringBuilder(all);
        outages.forEach((down, up) -> outside.append(" AND extract(epoch FROM scheduled_for) NOT BETWEEN ")
                .append(down)
                .append(" AND ")
                .append(up + BACK_TO_NORMAL_SECONDS));
        long p99 = lateness(postgres, 0.99, outside.toString());
        LOG.infof(
                "%d schedules, %d s, %d instants, outages %s; lateness in ms: outside the outage p50 %d, p99 %d, most %d;"
                        + " in all p50 %d, p99 %d, most %d",
                SCHEDULES,
                end - begin,
                (end - begin - 1) * SCHEDULES,
                outages,
                lateness(postgres, 0.5, outside.toString()),
                p99,
                lateness(postgres, 1, outside.toString()),
                lateness(postgres, 0.5, all),
                lateness(postgres, 0.99, all),
                lateness(postgres, 1, all));
        if (WHOLE) {
            assertThat(p99).as("p99 of the lateness outside the outage, in ms").isLessThan(1_500);
        }
    }

    private static long lateness(CrashablePostgres postgres, double share, String rows) throws SQLException {
        return postgres.number("SELECT percentile_disc(" + share + ") WITHIN GROUP (ORDER BY lateness_ms)" + rows);
    }

    private static String within(long begin, long end) {
        return " FROM task_execution_log WHERE task_id LIKE 'task-%' AND extract(epoch FROM scheduled_for) > " + begin
                + " AND extract(epoch FROM scheduled_for) < " + end;
    }

    private static long now(CrashablePostgres postgres) throws SQLException {
        return postgres.number("SELECT extract(epoch FROM clock_timestamp())::bigint");
    }

    private static void pause(int ms) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(ms);
    }
}
