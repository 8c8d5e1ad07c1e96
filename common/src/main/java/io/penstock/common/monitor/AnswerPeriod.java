package io.penstock.common.monitor;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * Answers to requests for one path over some time, of all processes together.
 *
 * @param uri template of the path
 */
@RegisterForReflection
public record AnswerPeriod(String uri, long answers, double meanMillis) {}
