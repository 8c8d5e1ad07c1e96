package io.penstock.api.batches;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchChunk;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Some chunks of a batch. */
@RegisterForReflection
@Schema(name = "BatchChunks")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BatchChunksAnswer(
        @Schema(description = "In the order in which they were begun") List<Item> chunks,
        @Schema(description = "Items that are in no chunk yet") long waitingItems,
        @Schema(description = "Chunks that these make if their size stays as it is; a chunk is cut when it begins")
                long waitingChunks,
        @Schema(description = "Ask again with this as 'after'; absent: there is no more now") @Nullable Long next) {

    /** A chunk that was begun. */
    @RegisterForReflection
    @Schema(name = "BatchChunk")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Item(
            @Schema(description = "From 0 on, in the order in which chunks were begun") long chunk,
            @Schema(
                            enumeration = {"running", "completed", "failed", "dropped"},
                            description =
                                    "failed: some of its items did. dropped: its batch ended without the rest of it")
                    String state,
            @Schema(description = "Number of its first item") long firstItem,
            @Schema(description = "Number of its last item") long lastItem,
            @Schema(description = "Runs items again that failed; they are among those from first to last")
                    boolean retry,
            @Schema(description = "The job that has it, or had it last") @Nullable String jobId,
            @Schema(description = "The worker that has it, or had it last") @Nullable String worker,
            @Schema(description = "How often it was begun: more than once after a death") int attempts,
            @Schema(description = "Items completed when it ran") int completed,
            @Schema(description = "Items that failed when it ran; they may have run again in another chunk") int failed,
            int skipped,
            Instant startedAt,
            @Nullable Instant finishedAt) {}

    static BatchChunksAnswer of(Batch batch, List<BatchChunk> chunks, int limit) {
        Batch.Counts counts = batch.counts();
        long waiting = batch.status().isEnd() ? 0 : counts.total() - counts.begun() + counts.retrying();
        int size = batch.settings().chunkSize();
        return new BatchChunksAnswer(
                chunks.stream().map(BatchChunksAnswer::item).toList(),
                waiting,
                (waiting + size - 1) / size,
                chunks.size() < limit ? null : chunks.get(chunks.size() - 1).number());
    }

    private static Item item(BatchChunk chunk) {
        return new Item(
                chunk.number(),
                chunk.state().wire(),
                chunk.firstItem(),
                chunk.lastItem(),
                chunk.retry(),
                chunk.jobId(),
                chunk.worker(),
                chunk.attempts(),
                chunk.completed(),
                chunk.failed(),
                chunk.skipped(),
                chunk.startedAt(),
                chunk.finishedAt());
    }
}
