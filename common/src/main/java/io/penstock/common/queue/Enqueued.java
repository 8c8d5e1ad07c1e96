package io.penstock.common.queue;

/**
 * The queue's answer to an enqueue.
 *
 * @param jobId id of the job that now stands for the request
 * @param queue the queue it waits in
 * @param added false when the explicit id was live already and nothing was added
 */
public record Enqueued(String jobId, String queue, boolean added) {}
