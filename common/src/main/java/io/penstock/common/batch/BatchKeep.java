package io.penstock.common.batch;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** Starts runners again whose jobs are gone, and forgets batches that ended long ago. */
@RegisterForReflection
public record BatchKeep() {}
