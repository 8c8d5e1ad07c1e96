package io.penstock.bench;

import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.diagnostics.Fail;
import io.penstock.common.diagnostics.Ping;
import io.penstock.common.diagnostics.Sleep;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.JobEnqueuer;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What a {@link PackagedWorker} has in memory: when it has just become ready, at most, and after the load. Of a hundred jobs 89
 * end at once, ten sleep and one fails first, so that retries, blocking handlers and the history in PostgreSQL take part.
 * Redis and PostgreSQL are its own.
 */
final class WorkerMemory implements Measurement {

    private static final long SLEEP_MS = 2;
    private static final int CYCLE = 100;
    private static final int SLEEPING = 10;
    /** As a Prometheus would ask that is in a hurry. */
    private static final Duration BETWEEN_SCRAPES = Duration.ofSeconds(1);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    public Figures measure(Run run) {
        try (EmbeddedRedis redis = new EmbeddedRedis();
                BenchPostgres postgres = new BenchPostgres();
                PackagedWorker worker =
                        new PackagedWorker(redis, postgres, run.options().jvmOptions());
                Engine engine = new Engine(redis.url(), 1, 1)) {
            run.toStop(worker::close);
            BulkProducer producer = new BulkProducer(engine, WorkerMemory::call);
            double ready = worker.memory().now();
            producer.produce(run.warmUp());
            awaitCompleted(worker, run.warmUp());
            long start = System.nanoTime();
            producer.produce(run.jobs());
            awaitCompleted(worker, run.warmUp() + run.jobs());
            double seconds = (System.nanoTime() - start) / 1e9;
            ResidentMemory memory = worker.memory();
            return run.figures()
                    .with(Field.JOBS_PER_SECOND, run.jobs() / seconds)
                    .with(Field.RSS_FIRST, ready)
                    .with(Field.RSS_MOST, memory.most())
                    .with(Field.RSS_LAST, memory.now());
        }
    }

    private static Uni<List<Enqueued>> call(JobEnqueuer enqueuer, LongStream numbers) {
        long[] jobs = numbers.toArray();
        long kind = jobs[0] / BulkProducer.CALL % CYCLE;
        if (kind == 0) {
            return calls(enqueuer, DiagnosticsJobs.FAIL, new Fail(1, false), jobs.length);
        }
        return kind <= SLEEPING
                ? calls(enqueuer, DiagnosticsJobs.SLEEP, new Sleep(SLEEP_MS), jobs.length)
                : calls(enqueuer, DiagnosticsJobs.PING, new Ping(), jobs.length);
    }

    private static <P> Uni<List<Enqueued>> calls(JobEnqueuer enqueuer, JobType<P> type, P payload, int jobs) {
        return enqueuer.enqueueAll(
                type,
                LongStream.range(0, jobs)
                        .mapToObj(job -> new JobEnqueuer.Item<>(payload, JobOptions.DEFAULT))
                        .toList());
    }

    /** Looking on costs the worker time itself: the interval is part of the load. */
    private static void awaitCompleted(PackagedWorker worker, long jobs) {
        long most = -1;
        long since = System.nanoTime();
        for (long completed = worker.completed(); completed < jobs; completed = worker.completed()) {
            if (completed > most) {
                most = completed;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > PATIENCE.toNanos()) {
                throw new BenchException("the worker has completed " + completed + " of " + jobs
                        + " jobs and no more for " + PATIENCE.toSeconds() + " s");
            }
            if (worker.endsWithin(BETWEEN_SCRAPES)) {
                throw new BenchException("the worker has ended with " + completed + " of " + jobs + " jobs completed");
            }
        }
    }
}
