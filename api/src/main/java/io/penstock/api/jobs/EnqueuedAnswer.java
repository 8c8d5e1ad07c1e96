package io.penstock.api.jobs;

import io.penstock.common.queue.Enqueued;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The job that now stands for the request. */
@RegisterForReflection
@Schema(name = "Enqueued")
public record EnqueuedAnswer(
        @Schema(description = "Ask for it under /api/jobs/{id}") String jobId,
        String queue,
        @Schema(description = "False: a job of this explicit id lives already, and nothing was added") boolean added) {

    static EnqueuedAnswer of(Enqueued enqueued) {
        return new EnqueuedAnswer(enqueued.jobId(), enqueued.queue(), enqueued.added());
    }

    /** The answers in the order of the request. */
    @RegisterForReflection
    @Schema(name = "BulkEnqueued")
    public record Bulk(
            @Schema(description = "In the order of the request") List<EnqueuedAnswer> jobs,
            @Schema(description = "How many of them are new") long added) {

        static Bulk of(List<Enqueued> enqueued) {
            return new Bulk(
                    enqueued.stream().map(EnqueuedAnswer::of).toList(),
                    enqueued.stream().filter(Enqueued::added).count());
        }
    }
}
