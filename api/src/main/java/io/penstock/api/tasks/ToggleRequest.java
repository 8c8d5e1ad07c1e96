package io.penstock.api.tasks;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The switch of a schedule. */
@RegisterForReflection
@Schema(name = "TaskToggle")
public record ToggleRequest(@Schema(required = true) @Nullable Boolean isActive) {}
