package io.penstock.bench;

import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobListener;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.worker.run.Backpressure;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Whether jobs that wait for an upstream whose breaker is open slow down the others of their queue: full queues are worked
 * off in turn with and without them. They are put off again and again for a second, as a guard does.
 */
final class PutOff implements Measurement {

    /** That many wait for the upstream. */
    private static final int WAITING = 1_000;

    private static final int ROUNDS = 5;
    private static final int SLOTS = 100;
    private static final Duration UNTIL_TRIAL = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

    @Override
    public Figures measure(Run run) {
        try (Engine engine = run.engine(SLOTS)) {
            BulkProducer producer = new BulkProducer(engine);
            AtomicLong putOff = new AtomicLong();
            round(run, engine, producer, run.warmUp(), 0, putOff);
            round(run, engine, producer, run.warmUp(), WAITING, putOff);
            putOff.set(0);
            List<Double> alone = new ArrayList<>();
            List<Double> beside = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                alone.add(round(run, engine, producer, run.jobs(), 0, putOff));
                beside.add(round(run, engine, producer, run.jobs(), WAITING, putOff));
            }
            return run.figures()
                    .with(Field.JOBS_PER_SECOND, median(beside))
                    .with(Field.ALONE_PER_SECOND, median(alone))
                    .with(Field.BESIDE_RATIO, median(beside) / median(alone))
                    .with(Field.PUT_OFF, putOff.get());
        }
    }

    /** Jobs per second of those that wait for nobody. */
    private static double round(
            Run run, Engine engine, BulkProducer producer, long jobs, int waiting, AtomicLong putOff) {
        if (waiting > 0) {
            firstTries(engine, waiting);
        }
        producer.produce(jobs);
        Ends ends = new Ends(putOff);
        long begin = System.nanoTime();
        Platform.RunningWorker worker =
                engine.startWorker(List.of(new NoOpHandler(), new Refused()), List.of(ends), Backpressure.OPEN);
        await("jobs are not done", () -> ends.completed.get() >= jobs);
        double seconds = (System.nanoTime() - begin) / 1e9;
        worker.stop();
        run.redis().remove(Engine.QUEUE);
        return jobs / seconds;
    }

    /** Each of them has been put off once before the others come. */
    private static void firstTries(Engine engine, int waiting) {
        List<JobEnqueuer.Item<DuePayload>> items =
                Collections.nCopies(waiting, new JobEnqueuer.Item<>(DuePayload.at(0), JobOptions.DEFAULT));
        engine.enqueuer().enqueueAll(Engine.DUE_TYPE, items).await().atMost(PATIENCE);
        AtomicLong tried = new AtomicLong();
        Platform.RunningWorker worker =
                engine.startWorker(List.of(new Refused()), List.of(new Ends(tried)), Backpressure.OPEN);
        await("jobs are not put off", () -> tried.get() >= waiting);
        worker.stop();
    }

    private static void await(String otherwise, BooleanSupplier condition) {
        if (!Pause.until(condition, BETWEEN_LOOKS, PATIENCE)) {
            throw new BenchException(otherwise + " after " + PATIENCE.toSeconds() + " s");
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    /** What a guard answers while its breaker is open. */
    private static final class Refused implements JobHandler<DuePayload> {

        @Override
        public JobType<DuePayload> type() {
            return Engine.DUE_TYPE;
        }

        @Override
        public Uni<Outcome> handle(DuePayload payload, JobContext context) {
            return Uni.createFrom().failure(new SnoozeException(UNTIL_TRIAL, "the breaker is open"));
        }
    }

    private static final class Ends implements JobListener {

        private final AtomicInteger completed = new AtomicInteger();
        private final AtomicLong putOff;

        Ends(AtomicLong putOff) {
            this.putOff = putOff;
        }

        @Override
        public void on(JobEvent event) {
            if (event instanceof JobEvent.Completed) {
                completed.incrementAndGet();
            } else if (event instanceof JobEvent.Snoozed) {
                putOff.incrementAndGet();
            }
        }
    }
}
