package io.penstock.common.figures;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/**
 * Something that changed, to be seen beside the figures.
 *
 * @param kind {@code deployment}, {@code pause}, {@code resume}, {@code worker-lost}, {@code alert} or {@code recovered}
 * @param subject a version, a queue, a worker, or what an alert is about
 */
@RegisterForReflection
public record Mark(Instant at, String kind, String subject, String detail) {}
