package io.penstock.api.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.common.queue.JobView;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The jobs around one job.
 *
 * @param children in the order in which they were given
 */
@RegisterForReflection
@Schema(name = "JobFamily")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FamilyAnswer(
        String id,
        @Schema(description = "The job that waits for it, or did") @Nullable Member parent,
        @Schema(description = "How many jobs it waits for, or did") int total,
        @Schema(description = "The first of them, at most 20") List<Member> children) {

    /** One of them, now. */
    @RegisterForReflection
    @Schema(name = "JobFamilyMember")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Member(
            String id,
            @Schema(description = "As of a job; ended: the queue no longer knows it") String state,
            @Nullable String type,
            @Nullable String queue,
            @Nullable String error) {

        static Member of(JobView job) {
            return new Member(
                    job.id(), job.state().name().toLowerCase(Locale.ROOT), job.type(), job.queue(), job.error());
        }

        /** One that the queue no longer knows. */
        static Member gone(String id) {
            return new Member(id, "ended", null, null, null);
        }
    }
}
