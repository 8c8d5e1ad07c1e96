package io.penstock.api.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How a job ended, or where it is. */
@RegisterForReflection
@Schema(name = "JobResult")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ResultAnswer(
        String id,
        @Schema(
                        enumeration = {
                            "scheduled",
                            "awaiting_children",
                            "waiting",
                            "active",
                            "retrying",
                            "completed",
                            "dead",
                            "cancelled",
                            "expired"
                        })
                String state,
        @Schema(
                        implementation = Object.class,
                        description =
                                "What the job returned; absent where it returned nothing, or nothing that is kept")
                @JsonRawValue
                @Nullable
                String result,
        @Schema(description = "Why there will be no result") @Nullable String reason) {}
