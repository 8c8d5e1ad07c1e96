package io.penstock.bench;

import io.penstock.worker.run.Backpressure;
import java.time.Duration;
import java.util.List;

/**
 * A load that lasts: producer and worker as in {@link EndToEnd}, the producer at a given rate. How long jobs wait from the
 * time they were due until their handler starts, how long the worker stands still to collect garbage, and whether memory
 * stays flat.
 */
final class Steady implements Measurement {

    /** Of the maximum, unless a rate is given. */
    private static final double SHARE = 0.5;
    /** Jobs of the calibration for each warm-up job. */
    private static final double CALIBRATION = 1 / 3.0;

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);
    private static final int FEWEST_LOOKS = 5;
    private static final Duration LONGEST_RUN_UP = Duration.ofSeconds(20);
    private static final int RUN_UP_PART = 5;

    private final int slots;

    Steady(int slots) {
        this.slots = slots;
    }

    @Override
    public Figures measure(Run run) {
        try (Engine engine = run.engine(slots);
                ProducerProcess producer = run.startProducer()) {
            Completions completions = new Completions();
            Waits waits = new Waits();
            Platform.RunningWorker worker =
                    engine.startWorker(List.of(new NoOpHandler(), waits), List.of(completions), Backpressure.OPEN);
            rush(producer, completions, run.warmUp());
            Pace pace = pace(run, producer, completions);
            runUp(run, producer, completions, pace);
            waits.forget();
            Figures figures = hold(run, producer, completions, pace);
            worker.stop();
            return waits.fill(figures);
        }
    }

    /** @param calibrated what the rate was taken from; 0: from the command line */
    private record Pace(double perSecond, double calibrated) {}

    private static Pace pace(Run run, ProducerProcess producer, Completions completions) {
        var asked = run.options().load().perSecond();
        if (asked.isPresent()) {
            return new Pace(asked.getAsDouble(), 0);
        }
        long jobs = Math.max(1, Math.round(run.warmUp() * CALIBRATION));
        long start = System.nanoTime();
        rush(producer, completions, jobs);
        double maximum = jobs * 1e9 / (System.nanoTime() - start);
        return new Pace(maximum * SHARE, maximum);
    }

    private static void rush(ProducerProcess producer, Completions completions, long jobs) {
        long before = completions.count();
        producer.enqueue(jobs);
        completions.await(before + jobs);
        producer.awaitCpuNanos();
    }

    /** At the pace that is to be held: what paces and what looks at the waits is compiled for it, which rushes did not do. */
    private static void runUp(Run run, ProducerProcess producer, Completions completions, Pace pace) {
        Duration length = run.options().load().length().dividedBy(RUN_UP_PART);
        Duration time = length.compareTo(LONGEST_RUN_UP) < 0 ? length : LONGEST_RUN_UP;
        long jobs = jobs(pace, time);
        long before = completions.count();
        producer.enqueuePaced(jobs, pace.perSecond);
        completions.await(before + jobs);
        producer.awaitCpuNanos();
    }

    private static long jobs(Pace pace, Duration time) {
        return Math.max(1, Math.round(pace.perSecond * time.toMillis() / 1e3));
    }

    private static Figures hold(Run run, ProducerProcess producer, Completions completions, Pace pace) {
        Duration length = run.options().load().length();
        long jobs = jobs(pace, length);
        Duration between = length.dividedBy(FEWEST_LOOKS);
        long before = completions.count();
        try (Vitals vitals = new Vitals(run.redis(), between.compareTo(BETWEEN_LOOKS) < 0 ? between : BETWEEN_LOOKS);
                GcPauses pauses = new GcPauses()) {
            Effort.Start start = Effort.start(run.redis());
            producer.enqueuePaced(jobs, pace.perSecond);
            completions.await(before + jobs);
            Effort effort = start.end().plusClientNanos(producer.awaitCpuNanos());
            Figures figures = effort.rate(effort.cpu(run.figures(jobs))).with(Field.RATE, pace.perSecond);
            if (pace.calibrated > 0) {
                figures = figures.with(Field.MAXIMUM, pace.calibrated);
            }
            return vitals.fill(pauses.fill(figures));
        }
    }
}
