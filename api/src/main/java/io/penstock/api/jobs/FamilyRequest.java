package io.penstock.api.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.queue.JobOptionsJson;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A parent and the children it waits for. */
@RegisterForReflection
@Schema(name = "FamilyRequest")
public record FamilyRequest(
        @Schema(description = "Runs when its children have ended. Takes no delay and no uniqueness key") @Nullable
                Member parent,
        @Schema(
                        description =
                                "At least one, at most as many as the deployment's bulk limit. They take no id and no "
                                        + "uniqueness key")
                @Nullable
                List<@Nullable Member> children,
        @Schema(
                        description =
                                "What becomes of the parent when a child dies, expires or is cancelled: it is dead "
                                        + "(fail, the default), or it runs when all have ended (continue)",
                        enumeration = {"fail", "continue"})
                @Nullable
                String onChildFailure) {

    /** One job of the family. */
    @RegisterForReflection
    @Schema(name = "FamilyMember")
    public record Member(
            @Schema(description = "Name of its job type", required = true) @Nullable String type,
            @Nullable JsonNode payload,
            @Nullable JobOptionsJson options) {}
}
