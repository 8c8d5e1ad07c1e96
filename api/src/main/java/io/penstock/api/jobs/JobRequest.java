package io.penstock.api.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.queue.JobOptionsJson;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One job to enqueue. */
@RegisterForReflection
@Schema(name = "JobRequest")
public record JobRequest(
        @Schema(
                        type = SchemaType.OBJECT,
                        implementation = Object.class,
                        description = "The fields of the job type; absent: an object without fields")
                @Nullable
                JsonNode payload,
        @Nullable JobOptionsJson options) {}
