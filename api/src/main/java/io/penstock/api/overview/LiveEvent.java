package io.penstock.api.overview;

/**
 * One event of the live feed.
 *
 * @param number counts up in one process
 * @param topic {@code snapshot}, {@code queues}, {@code workers}, {@code overview} or {@code tick}
 * @param json its data
 */
record LiveEvent(long number, String topic, String json) {}
