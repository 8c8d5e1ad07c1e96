package io.penstock.common.diagnostics;

/** Payload of {@link DiagnosticsJobs#PING}. */
public record Ping() {}
