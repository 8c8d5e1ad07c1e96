package io.penstock.bench;

import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.diagnostics.Sleep;
import io.penstock.common.event.JobEvents;
import io.penstock.common.history.HistoryPartitions;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.worker.run.Backpressure;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Fills Redis by the ways of a deployment: jobs are enqueued, claimed and given up by a worker of this process, which also
 * keeps the running ones. The history is written by statements.
 */
final class DatasetFill implements AutoCloseable {

    /** Where jobs wait and are delayed: served by nobody here. */
    static final String WAITING = "diagnostics";
    /** Where jobs are dead. */
    static final String DEAD = "notification";
    /** Where jobs run, for as long as this process does. */
    static final String RUNNING = "examples";

    static final JobType<Sleep> DEAD_TYPE =
            JobType.of("bench.dies", Sleep.class).queue(DEAD);
    static final JobType<Sleep> RUNNING_TYPE =
            JobType.of("bench.runs", Sleep.class).queue(RUNNING).timeout(Duration.ofHours(12));

    static final int DAYS = 11;

    private static final Duration PATIENCE = Duration.ofMinutes(60);
    private static final int CALL = 100;
    private static final int CALLS = 8;
    private static final int STATEMENT_ROWS = 50_000;
    private static final int DYING_AT_ONCE = 200;
    private static final Duration DELAY = Duration.ofHours(12);

    private static final String HISTORY =
            """
            INSERT INTO job_history (job_id, queue, type, state, attempt, max_attempts, stalls, priority, tenant, tags,
                enqueued_at, started_at, ended_at, wait_ms, run_ms, worker, fingerprint, error, failure_kind, payload, shortened,
                format)
            SELECT 'old-' || n, CASE WHEN n % 10 < 7 THEN 'diagnostics' WHEN n % 10 < 9 THEN 'notification' ELSE 'examples' END,
                CASE WHEN n % 10 < 7 THEN 'diagnostics.sleep' WHEN n % 10 < 9 THEN 'bench.dies' ELSE 'bench.runs' END,
                CASE WHEN bad THEN CASE WHEN n % 60 = 0 THEN 'dead' ELSE 'failed' END ELSE 'completed' END,
                1, 3, 0, 0, CASE WHEN n % 5 = 0 THEN 'tenant-' || n % 200 END, CASE WHEN n % 50 = 0 THEN ARRAY['nightly'] END,
                at - interval '2 seconds', at - interval '1 second', at, 1000, 1000, 'worker-' || n % 20,
                CASE WHEN bad THEN left(md5((n % 240)::text), 16) END,
                CASE WHEN bad THEN 'upstream ' || n % 240 || ' answered 503 after ' || n || ' ms' END,
                CASE WHEN bad THEN 'error' END, json_build_object('ms', n % 1000, 'order', n)::jsonb, false, 1
            FROM (SELECT n, n % 20 = 0 AS bad, now() - ($3::float8 * (1 - n::float8 / $4)) * interval '1 second' AS at
                FROM generate_series($1::bigint, $2::bigint) AS n) AS made
            """;

    private static final String GROUPS =
            """
            INSERT INTO job_error_group (fingerprint, type, sample, first_seen, last_seen, count)
            SELECT left(md5(n::text), 16), t, 'upstream ' || n || ' answered 503', now() - interval '10 days', now(), 1000
            FROM generate_series(0, 220, 20) AS n, unnest(ARRAY['diagnostics.sleep', 'bench.dies']) AS t
            ON CONFLICT DO NOTHING
            """;

    private final Platform platform;
    private final JobEnqueuer enqueuer;
    private final QueuePolicy dying;
    private final QueuePolicy running;
    private final AtomicLong begun = new AtomicLong();

    DatasetFill(String redisUrl, int running) {
        QueuePolicy waiting = QueuePolicy.defaults(WAITING);
        dying = QueuePolicy.builder(DEAD)
                .concurrency(DYING_AT_ONCE)
                .keepDead(OptionalInt.empty())
                .build();
        this.running = QueuePolicy.defaults(RUNNING).withConcurrency(Math.max(1, running));
        platform = new Platform(new RedisOptions().setConnectionString(redisUrl), waiting, dying, this.running);
        DiagnosticsJobs diagnostics = new DiagnosticsJobs();
        enqueuer = new JobEnqueuer(
                new RedisJobQueue(platform.routes(), platform.policies(), platform.deadline()),
                new JobTypes(List.of(() -> List.of(DEAD_TYPE, RUNNING_TYPE), diagnostics)),
                platform.codec());
    }

    private static <P> JobHandler<P> handler(JobType<P> type, Function<JobContext, Uni<Outcome>> work) {
        return new JobHandler<>() {
            @Override
            public JobType<P> type() {
                return type;
            }

            @Override
            public Uni<Outcome> handle(P payload, JobContext context) {
                return work.apply(context);
            }
        };
    }

    void waiting(long jobs) {
        enqueue(DiagnosticsJobs.SLEEP, jobs, number -> JobOptions.DEFAULT);
    }

    void scheduled(long jobs) {
        enqueue(DiagnosticsJobs.SLEEP, jobs, number -> JobOptions.DEFAULT.withDelay(DELAY.plusMillis(number)));
    }

    void dead(long jobs, BenchRedis redis) {
        if (jobs == 0) {
            return;
        }
        enqueue(DEAD_TYPE, jobs, number -> JobOptions.DEFAULT);
        Platform.RunningWorker worker = start(dying, "dataset-dying", handler(DEAD_TYPE, context -> Uni.createFrom()
                .item(Outcome.fail("out of paper in tray " + context.jobId()))));
        await("dead jobs", () -> redis.dead(DEAD) >= jobs);
        worker.stop();
    }

    /** They run until this is closed, or its process ends. */
    void running(long jobs) {
        if (jobs == 0) {
            return;
        }
        enqueue(RUNNING_TYPE, jobs, number -> JobOptions.DEFAULT);
        start(running, "dataset-running", handler(RUNNING_TYPE, context -> {
            begun.incrementAndGet();
            return Uni.createFrom().nothing();
        }));
        await("running jobs", () -> begun.get() >= jobs);
    }

    private Platform.RunningWorker start(QueuePolicy policy, String id, JobHandler<?> handler) {
        return platform.startWorker(
                policy,
                new Platform.Staff(
                        id,
                        InstantSource.system(),
                        List.of(handler),
                        List.of(),
                        new JobEvents(List.of()),
                        Backpressure.OPEN));
    }

    private void enqueue(JobType<Sleep> type, long jobs, Function<Long, JobOptions> options) {
        AtomicLong next = new AtomicLong();
        List<CompletableFuture<Void>> callers = IntStream.range(0, CALLS)
                .mapToObj(caller -> {
                    CompletableFuture<Void> done = new CompletableFuture<>();
                    EventLoopContext context = platform.newContext();
                    context.runOnContext(turn -> step(type, jobs, options, next, context, done));
                    return done;
                })
                .toList();
        callers.forEach(caller ->
                caller.orTimeout(PATIENCE.toMinutes(), TimeUnit.MINUTES).join());
    }

    private void step(
            JobType<Sleep> type,
            long jobs,
            Function<Long, JobOptions> options,
            AtomicLong next,
            EventLoopContext context,
            CompletableFuture<Void> done) {
        long from = next.getAndAdd(CALL);
        if (from >= jobs) {
            done.complete(null);
            return;
        }
        List<JobEnqueuer.Item<Sleep>> items = LongStream.range(from, Math.min(jobs, from + CALL))
                .mapToObj(number -> new JobEnqueuer.Item<>(new Sleep(number % 1_000), options.apply(number)))
                .toList();
        enqueuer.enqueueAll(type, items)
                .subscribe()
                .with(
                        answers -> context.execute(() -> step(type, jobs, options, next, context, done)),
                        done::completeExceptionally);
    }

    /** What enqueueing so many jobs from Java costs, a hundred a call. */
    Effort enqueueFromJava(long jobs, BenchRedis redis) {
        Effort.Start start = Effort.start(redis);
        waiting(jobs);
        return start.end();
    }

    static void history(Pool pool, long rows) {
        if (rows == 0) {
            return;
        }
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        new HistoryPartitions(pool)
                .ensure(IntStream.rangeClosed(-DAYS, 1)
                        .mapToObj(today::plusDays)
                        .toList())
                .await()
                .atMost(PATIENCE);
        double seconds = Duration.ofDays(DAYS - 1).toSeconds();
        for (long from = 1; from <= rows; from += STATEMENT_ROWS) {
            pool.preparedQuery(HISTORY)
                    .execute(Tuple.of(from, Math.min(rows, from + STATEMENT_ROWS - 1), seconds, (double) rows))
                    .await()
                    .atMost(PATIENCE);
        }
        pool.query(GROUPS).execute().await().atMost(PATIENCE);
        pool.query("ANALYZE").execute().await().atMost(PATIENCE);
    }

    static void await(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new BenchException(
                        "there are not as many " + what + " after " + PATIENCE.toMinutes() + " minutes");
            }
            Pause.of(Duration.ofMillis(200));
        }
    }

    @Override
    public void close() {
        platform.close();
    }
}
