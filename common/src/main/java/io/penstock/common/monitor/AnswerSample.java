package io.penstock.common.monitor;

/**
 * How fast one process answered requests for one path, over some time.
 *
 * @param uri template of the path
 * @param millis of all answers together
 */
public record AnswerSample(String uri, long answers, long millis) {}
