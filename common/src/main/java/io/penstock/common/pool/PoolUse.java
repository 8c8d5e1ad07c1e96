package io.penstock.common.pool;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts what goes through one pool. A piece of work holds one connection at most; what is beyond the size waits. */
final class PoolUse {

    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();
    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder diverted = new LongAdder();
    private final AtomicLong longestNanos = new AtomicLong();

    /** Answers with the time of the beginning, for {@link #ended}. */
    long began() {
        int now = inFlight.incrementAndGet();
        peak.accumulateAndGet(now, Math::max);
        return System.nanoTime();
    }

    void ended(long beganNanos, boolean well) {
        long took = System.nanoTime() - beganNanos;
        inFlight.decrementAndGet();
        (well ? done : failed).increment();
        nanos.add(took);
        longestNanos.accumulateAndGet(took, Math::max);
    }

    void diverted() {
        diverted.increment();
    }

    int inFlight() {
        return inFlight.get();
    }

    /** Of all time. */
    Totals totals() {
        return new Totals(done.sum(), failed.sum(), nanos.sum(), diverted.sum());
    }

    /** The most that were in flight at once since the last call. */
    int takePeak() {
        return peak.getAndSet(inFlight.get());
    }

    long takeLongestNanos() {
        return longestNanos.getAndSet(0);
    }

    /** @param nanos of all of it together */
    record Totals(long done, long failed, long nanos, long diverted) {

        static final Totals NONE = new Totals(0, 0, 0, 0);

        Totals minus(Totals before) {
            return new Totals(
                    done - before.done, failed - before.failed, nanos - before.nanos, diverted - before.diverted);
        }
    }
}
