package io.penstock.api.batches;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.common.batch.Batch;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A batch as callers see it. */
@RegisterForReflection
@Schema(name = "Batch")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BatchAnswer(
        String id,
        String type,
        @Nullable String name,
        @Nullable String tenant,
        @Schema(description = "The batch that this one counts for") @Nullable String parentId,
        @Schema(enumeration = {"pending", "running", "completed", "partial_success", "failed", "cancelled"})
                String status,
        boolean paused,
        @Schema(description = "More items may come; it does not end before it is sealed") boolean open,
        @Schema(description = "Items so far") long total,
        long completed,
        long failed,
        long skipped,
        @Schema(description = "Failed items that wait to run again") long retrying,
        @Schema(description = "Items handed out to workers so far") long begun,
        @Schema(description = "Of all items, those that have ended, in per cent") int progress,
        @Nullable Children children,
        @Schema(description = "Items handed out at once") int chunkSize,
        boolean adaptive,
        @Schema(description = "The latest changes of the size of chunks") List<Size> sizes,
        int concurrency,
        int priority,
        @Schema(enumeration = {"abort", "skip", "override", "merge"}) String conflict,
        @Schema(description = "Why items failed, most frequent first; told when the batch has ended")
                List<ErrorKind> errors,
        @Schema(implementation = Object.class, description = "What its handler is told with every item")
                Map<String, Object> config,
        @Schema(description = "What its items add up to, by name, where its handler counts") Map<String, Long> result,
        String createdBy,
        Instant createdAt,
        @Nullable Instant startAt,
        @Nullable Instant startedAt,
        Instant updatedAt,
        @Nullable Instant finishedAt,
        @Schema(description = "When it ends if it goes on as so far") @Nullable Instant estimatedEnd) {

    /** Batches that count for this one. */
    @RegisterForReflection
    @Schema(name = "BatchChildren")
    public record Children(long total, long open, long failed) {}

    /** A change of the size of chunks. */
    @RegisterForReflection
    @Schema(name = "BatchChunkSize")
    public record Size(Instant at, int from, int to, String why) {}

    /** Failed items whose errors differ in details only. */
    @RegisterForReflection
    @Schema(name = "BatchError")
    public record ErrorKind(String fingerprint, String sample, long count) {}

    /** Some batches. */
    @RegisterForReflection
    @Schema(name = "Batches")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Page(
            @Schema(description = "The latest first") List<BatchAnswer> batches,
            @Schema(description = "Ask again with this as 'before'; absent: there is no more") @Nullable String next) {}

    static BatchAnswer of(Batch batch) {
        Batch.Counts counts = batch.counts();
        return new BatchAnswer(
                batch.id().toString(),
                batch.type(),
                batch.name(),
                batch.tenant(),
                batch.parentId() == null ? null : batch.parentId().toString(),
                batch.status().wire(),
                batch.paused(),
                !counts.sealed(),
                counts.total(),
                counts.completed(),
                counts.failed(),
                counts.skipped(),
                counts.retrying(),
                counts.begun(),
                counts.percent(),
                counts.children() == 0
                        ? null
                        : new Children(counts.children(), counts.childrenOpen(), counts.childrenFailed()),
                batch.settings().chunkSize(),
                batch.settings().adaptive(),
                batch.settings().sizes().stream()
                        .map(size -> new Size(size.at(), size.from(), size.to(), size.why()))
                        .toList(),
                batch.settings().concurrency(),
                batch.settings().priority(),
                batch.settings().conflict().wire(),
                batch.errors().stream()
                        .map(kind -> new ErrorKind(kind.fingerprint(), kind.sample(), kind.count()))
                        .toList(),
                batch.config().getMap(),
                batch.result(),
                batch.createdByName(),
                batch.times().createdAt(),
                batch.times().startAt(),
                batch.times().startedAt(),
                batch.times().updatedAt(),
                batch.times().finishedAt(),
                batch.estimatedEnd());
    }
}
