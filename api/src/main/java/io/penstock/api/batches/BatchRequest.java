package io.penstock.api.batches;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.batch.BatchCallbacks;
import io.penstock.common.batch.BatchSpec;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A batch that somebody wants. */
@RegisterForReflection
@Schema(name = "BatchRequest")
public record BatchRequest(
        @Schema(required = true, description = "Name of the batch type") @Nullable String type,
        @Schema(description = "For people") @Nullable String name,
        @Nullable String tenant,
        @Schema(description = "The items, or the first of them", implementation = Object[].class) @Nullable
                List<JsonNode> items,
        @Schema(description = "Numbers that are the items, instead") BatchSpec.@Nullable Range range,
        @Schema(description = "True: more items follow, and the batch ends when it is sealed; default false") @Nullable
                Boolean open,
        @Schema(description = "1 to 100; default: the type's") @Nullable Integer chunkSize,
        @Schema(description = "Whether the size of chunks follows backlog and errors; default true") @Nullable
                Boolean adaptive,
        @Schema(description = "Chunks at once, 1 to 50; default 5") @Nullable Integer concurrency,
        @Schema(description = "0 to 10, 10 first; default 0") @Nullable Integer priority,
        @Schema(description = "Not before; default now") @Nullable Instant startAt,
        @Schema(
                        enumeration = {"abort", "skip", "override", "merge"},
                        description = "What a conflict of an item means; default skip")
                @Nullable
                String conflict,
        @Schema(description = "An object that its handler is told with every item", implementation = Object.class)
                @Nullable
                JsonNode config,
        @Schema(description = "Jobs that are enqueued when it ends, each once") @Nullable BatchCallbacks callbacks,
        @Schema(description = "The batch that is made when this one has completed") @Nullable BatchSpec followedBy,
        @Schema(description = "The batch that this one counts for") @Nullable String parentId) {

    BatchSpec spec() {
        return BatchSpec.builder(type)
                .name(name)
                .tenant(tenant)
                .items(items)
                .range(range)
                .open(open)
                .chunkSize(chunkSize)
                .adaptive(adaptive)
                .concurrency(concurrency)
                .priority(priority)
                .startAt(startAt)
                .conflict(conflict)
                .config(config)
                .callbacks(callbacks)
                .followedBy(followedBy)
                .build();
    }
}
