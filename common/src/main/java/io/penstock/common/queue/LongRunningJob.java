package io.penstock.common.queue;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/** A job that a handler has been working on for long. */
@RegisterForReflection
public record LongRunningJob(String id, String type, Instant startedAt) {}
