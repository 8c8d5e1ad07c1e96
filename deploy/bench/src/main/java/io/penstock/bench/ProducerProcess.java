package io.penstock.bench;

import java.util.List;

/** A producer in a process of its own, as this process sees it; see {@link Producer}. */
final class ProducerProcess implements AutoCloseable {

    private final LineProcess process;

    ProducerProcess(String redisUrl, int partitions) {
        process = new LineProcess(Producer.class, redisUrl, List.of(String.valueOf(partitions)));
    }

    /** Tells it to enqueue so many jobs as fast as it can; does not wait. */
    void enqueue(long jobs) {
        process.order(Producer.AT_ONCE + " " + jobs);
    }

    /** Tells it to enqueue jobs that note when they are due, as {@link PacedProducer} does; does not wait. */
    void enqueuePaced(long jobs, double perSecond) {
        process.order(Producer.PACED + " " + jobs + " " + perSecond);
    }

    /** Waits until the last order is carried out and returns the CPU time that it took. */
    long awaitCpuNanos() {
        return Long.parseLong(process.expect(Producer.DONE).strip());
    }

    @Override
    public void close() {
        process.close();
    }
}
