package io.penstock.api.queues;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Says what of a queue is to be forgotten for good. */
@RegisterForReflection
@Schema(name = "PurgeRequest")
public record PurgeRequest(
        @Schema(
                        description = "dead: dead jobs; records: those of completed, cancelled and expired jobs; "
                                + "all: everything but running jobs",
                        enumeration = {"dead", "records", "all"},
                        required = true)
                @Nullable
                String jobs) {}
