package io.penstock.api.batches;

import io.penstock.common.batch.BatchType;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A type that batches may have. */
@RegisterForReflection
@Schema(name = "BatchType")
public record BatchTypeAnswer(
        String name,
        int chunkSize,
        @Schema(description = "Items of one chunk that run at once") int itemsAtOnce,
        @Schema(description = "Between two items of a chunk") long pauseMs,
        @Schema(description = "How long one item may take") long itemTimeoutMs) {

    static BatchTypeAnswer of(BatchType<?> type) {
        return new BatchTypeAnswer(
                type.name(),
                type.chunkSize(),
                type.itemsAtOnce(),
                type.pause().toMillis(),
                type.itemTimeout().toMillis());
    }
}
