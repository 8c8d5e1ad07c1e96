package io.penstock.common.diagnostics;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** Payload of {@link DiagnosticsJobs#PING}. */
@RegisterForReflection
public record Ping() {}
