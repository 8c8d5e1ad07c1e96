package io.penstock.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Memory of this JVM and of Redis while a load lasts: before it, the most during it, and after it. Before and after
 * follow a full collection and are taken with an empty queue, so that what they differ by has stayed.
 */
final class Vitals implements AutoCloseable {

    private static final double BYTES_PER_MB = 1024 * 1024;

    private final BenchRedis redis;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "vitals");
        thread.setDaemon(true);
        return thread;
    });
    private final Sample first;
    private double mostRss;
    private double mostRedis;

    /** In MB (2^20 bytes); the heap as the last collection left it. */
    private record Sample(double rss, double heap, double redis) {}

    /** Takes the first sample and goes on by itself. */
    Vitals(BenchRedis redis, Duration every) {
        this.redis = redis;
        first = sampleAfterCollection();
        ScheduledFuture<?> unused =
                clock.scheduleAtFixedRate(this::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            note(sample());
        } catch (BenchException e) {
            // One look less: Redis was too slow to answer, which the waits tell as well.
            System.err.println("memory was not looked at: " + e.getMessage());
        }
    }

    private synchronized void note(Sample sample) {
        mostRss = Math.max(mostRss, sample.rss);
        mostRedis = Math.max(mostRedis, sample.redis);
    }

    private Sample sampleAfterCollection() {
        System.gc();
        Sample sample = sample();
        note(sample);
        return sample;
    }

    private Sample sample() {
        return new Sample(
                ResidentMemory.of(ProcessHandle.current().pid()).now(),
                heapAfterCollection() / BYTES_PER_MB,
                redis.usedMemory() / BYTES_PER_MB);
    }

    private static long heapAfterCollection() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(pool -> pool.getCollectionUsage())
                .mapToLong(MemoryUsage::getUsed)
                .sum();
    }

    /** Takes the last sample. */
    Figures fill(Figures figures) {
        clock.shutdown();
        Sample last = sampleAfterCollection();
        synchronized (this) {
            return figures.with(Field.RSS_FIRST, first.rss)
                    .with(Field.RSS_MOST, mostRss)
                    .with(Field.RSS_LAST, last.rss)
                    .with(Field.HEAP_FIRST, first.heap)
                    .with(Field.HEAP_LAST, last.heap)
                    .with(Field.REDIS_FIRST, first.redis)
                    .with(Field.REDIS_MOST, mostRedis)
                    .with(Field.REDIS_LAST, last.redis);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
