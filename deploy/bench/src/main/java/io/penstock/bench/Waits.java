package io.penstock.bench;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.AtomicHistogram;

/**
 * Does nothing but note how long its jobs have waited since they were due, to three digits, from a microsecond to an
 * hour, in memory that does not grow.
 */
final class Waits implements JobHandler<DuePayload> {

    private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);
    private static final int DIGITS = 3;
    private static final double MICROS_PER_MILLI = 1e3;

    private final AtomicHistogram micros = new AtomicHistogram(LONGEST_MICROS, DIGITS);

    @Override
    public JobType<DuePayload> type() {
        return Engine.DUE_TYPE;
    }

    @Override
    public Uni<Outcome> handle(DuePayload payload, JobContext context) {
        long waited = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - payload.due());
        micros.recordValue(Math.min(LONGEST_MICROS, Math.max(0, waited)));
        return Uni.createFrom().item(Outcome.completed());
    }

    void forget() {
        micros.reset();
    }

    Figures fill(Figures figures) {
        return figures.with(Field.P50, millisAt(50))
                .with(Field.P99, millisAt(99))
                .with(Field.P999, millisAt(99.9))
                .with(Field.MOST, most());
    }

    double most() {
        return micros.getMaxValue() / MICROS_PER_MILLI;
    }

    double millisAt(double percent) {
        return micros.getValueAtPercentile(percent) / MICROS_PER_MILLI;
    }
}
