package io.penstock.worker.heartbeat;

import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobListener;
import io.penstock.common.figures.FigureNames;
import io.penstock.common.figures.Histogram;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Adds up what this worker does, until a heartbeat takes it along. A job costs two or three additions to memory; a queue
 * without jobs costs nothing.
 */
@ApplicationScoped
class FiguresCollector implements JobListener {

    private final Map<String, Sums> byQueue = new ConcurrentHashMap<>();

    private static final class Sums {

        private final LongAdder completed = new LongAdder();
        private final LongAdder failed = new LongAdder();
        private final LongAdder died = new LongAdder();
        private final LongAdder dropped = new LongAdder();
        private final AtomicLongArray waited = new AtomicLongArray(Histogram.BUCKETS);
        private final AtomicLongArray ran = new AtomicLongArray(Histogram.BUCKETS);
    }

    @Override
    public void on(JobEvent event) {
        if (event instanceof JobEvent.Completed e) {
            Sums sums = of(e.queue());
            sums.completed.increment();
            count(sums.waited, e.waited());
            count(sums.ran, e.ran());
        } else if (event instanceof JobEvent.AttemptFailed e) {
            Sums sums = of(e.queue());
            sums.failed.increment();
            count(sums.ran, e.ran());
        } else if (event instanceof JobEvent.Died e) {
            Sums sums = of(e.queue());
            sums.died.increment();
            count(sums.ran, e.ran());
        } else if (event instanceof JobEvent.Cancelled e) {
            of(e.queue()).dropped.increment();
        } else if (event instanceof JobEvent.Expired e) {
            of(e.queue()).dropped.increment();
        } else if (event instanceof JobEvent.Rescued e && e.buried() > 0) {
            of(e.queue()).died.add(e.buried());
        }
    }

    private Sums of(String queue) {
        Sums known = byQueue.get(queue);
        return known != null ? known : byQueue.computeIfAbsent(queue, name -> new Sums());
    }

    private static void count(AtomicLongArray buckets, Duration time) {
        buckets.incrementAndGet(Histogram.bucketOf(time.toMillis()));
    }

    /** What was done since the last call. */
    Map<String, Long> take() {
        Map<String, Long> taken = new HashMap<>();
        byQueue.forEach((queue, sums) -> {
            put(taken, FigureNames.completed(queue), sums.completed.sumThenReset());
            put(taken, FigureNames.failed(queue), sums.failed.sumThenReset());
            put(taken, FigureNames.died(queue), sums.died.sumThenReset());
            put(taken, FigureNames.dropped(queue), sums.dropped.sumThenReset());
            for (int i = 0; i < Histogram.BUCKETS; i++) {
                put(taken, FigureNames.waited(queue, i), taken(sums.waited, i));
                put(taken, FigureNames.ran(queue, i), taken(sums.ran, i));
            }
        });
        return taken;
    }

    private static long taken(AtomicLongArray buckets, int i) {
        return buckets.get(i) == 0 ? 0 : buckets.getAndSet(i, 0);
    }

    private static void put(Map<String, Long> taken, String name, long count) {
        if (count != 0) {
            taken.put(name, count);
        }
    }
}
