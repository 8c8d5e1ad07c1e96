package io.penstock.api.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.queue.JobOptionsJson;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What is to be different about a job. */
@RegisterForReflection
@Schema(name = "EditRequest")
public record EditRequest(
        @Schema(description = "The version of the job as you saw it", required = true) @Nullable String version,
        @Schema(
                        type = SchemaType.OBJECT,
                        implementation = Object.class,
                        description = "The new payload; absent: as it is")
                @Nullable
                JsonNode payload,
        @Schema(description = "Replace the job's options whole; absent: as they are. Id, uniqueness key and group stay")
                @Nullable
                JobOptionsJson options,
        @Schema(description = "True: make it ready, whatever it waits for; a dead one has all its attempts again")
                @Nullable
                Boolean requeue,
        @Schema(
                        enumeration = {"retry", "ignore"},
                        description = "With requeue, of a dead parent: as in a retry; default retry")
                @Nullable
                String children) {}
