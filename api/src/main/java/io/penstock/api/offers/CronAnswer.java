package io.penstock.api.offers;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.common.offers.OffersJobs;
import io.penstock.common.offers.SweepStart;
import io.penstock.common.queue.Enqueued;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What became of a trigger. */
@RegisterForReflection
@Schema(name = "CronAnswer")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CronAnswer(
        @Schema(description = "False: all of it waits or runs already, and nothing was added") boolean queued,
        String queue,
        @Schema(description = "The high-priority fetch") @Nullable String jobId,
        @Schema(description = "Chunks the pages were cut into") @Nullable Integer chunks,
        @Schema(description = "The chunks, in the order of their pages") @Nullable List<String> jobIds,
        @Schema(description = "Watch it under /api/offers/sweeps/{batchId}") @Nullable String batchId,
        @Schema(description = "Says so where something waited or ran already") @Nullable String message) {

    static CronAnswer of(Enqueued fetch) {
        return new CronAnswer(
                fetch.added(),
                fetch.queue(),
                fetch.jobId(),
                null,
                null,
                null,
                fetch.added() ? null : "The high-priority fetch already waits or runs; nothing was added.");
    }

    static CronAnswer of(SweepStart sweep) {
        int chunks = sweep.jobIds().size();
        return new CronAnswer(
                sweep.added() > 0,
                OffersJobs.FULL_CHUNK.queue(),
                null,
                chunks,
                sweep.jobIds(),
                sweep.batchId(),
                messageOf(sweep.added(), chunks));
    }

    private static @Nullable String messageOf(int added, int chunks) {
        if (added == chunks) {
            return null;
        }
        return added == 0
                ? "The same chunks already wait or run; nothing was added."
                : (chunks - added) + " of " + chunks + " chunks already wait or run; the others were added.";
    }
}
