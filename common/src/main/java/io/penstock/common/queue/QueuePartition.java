package io.penstock.common.queue;

/** A part of a queue that takes many jobs in one step. */
public record QueuePartition(String queue, int partition) {}
