package io.penstock.worker.history;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;

/** What the writing of the history tells about itself in numbers. */
@ApplicationScoped
public class HistoryMeters {

    private final Counter written;
    private final Counter refused;
    private final Counter failed;
    private final Counter missed;
    private final Counter repaired;
    private final Timer flush;
    private final AtomicBoolean waiting = new AtomicBoolean();

    @Inject
    public HistoryMeters(MeterRegistry registry, HistoryBuffer buffer) {
        this(registry, buffer, InstantSource.system());
    }

    HistoryMeters(MeterRegistry registry, HistoryBuffer buffer, InstantSource clock) {
        written = Counter.builder("penstock.history.written")
                .description("Rows of the history that were written")
                .register(registry);
        refused = Counter.builder("penstock.history.refused")
                .description("Rows of the history that PostgreSQL did not take even without their texts; they are lost")
                .register(registry);
        failed = Counter.builder("penstock.history.failed.flushes")
                .description("Batches that could not be written at that time")
                .register(registry);
        missed = Counter.builder("penstock.history.missed")
                .description("Ends without a worker that left no note for the history: too many notes waited already")
                .register(registry);
        repaired = Counter.builder("penstock.history.repaired")
                .description("Rows that their worker did not write and that were written from what the queue keeps")
                .register(registry);
        flush = Timer.builder("penstock.history.flush")
                .description("Time to write one batch")
                .register(registry);
        Gauge.builder("penstock.history.buffered", buffer, HistoryBuffer::size)
                .description("Rows that wait to be written")
                .register(registry);
        Gauge.builder("penstock.history.lag", buffer, waitingRows -> lagSeconds(waitingRows, clock))
                .description("Age of the oldest row that waits to be written")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("penstock.history.full", buffer, held -> held.isFull() ? 1 : 0)
                .description("1: the buffer is full, and queues that keep a history claim no jobs")
                .register(registry);
        Gauge.builder("penstock.history.waiting", waiting, away -> away.get() ? 1 : 0)
                .description("1: the last batch could not be written, and is tried again")
                .register(registry);
    }

    void wrote(int rows, Duration time) {
        written.increment(rows);
        flush.record(time);
        waiting.set(false);
    }

    void failed() {
        failed.increment();
        waiting.set(true);
    }

    void refused() {
        refused.increment();
    }

    void repaired(int rows) {
        repaired.increment(rows);
    }

    void missed(long ends) {
        missed.increment((double) ends);
    }

    private static double lagSeconds(HistoryBuffer buffer, InstantSource clock) {
        return buffer.lag(clock.instant()).toMillis() / 1e3;
    }
}
