package io.penstock.common.queue;

/** Opens the worker's side of a queue. */
public interface QueueConsumers {

    /**
     * Opens one line of one partition.
     *
     * @param workerId unique among live workers
     * @return a consumer with a connection of its own; the caller closes it
     */
    QueueConsumer open(QueuePolicy policy, int partition, Lane lane, String workerId);
}
