package io.penstock.api.batches;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.api.request.ListPage;
import io.penstock.common.batch.BatchItem;
import io.penstock.common.page.PageCursor;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Some items of a batch. */
@RegisterForReflection
@Schema(name = "BatchItems")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BatchItemsAnswer(
        @Schema(description = "In the order they came") List<Item> items,
        @Schema(description = "Ask again with this as 'after'; absent: there is no more") @Nullable String next) {

    /** An item and what became of it. */
    @RegisterForReflection
    @Schema(name = "BatchItem")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Item(
            @Schema(description = "Its number, from 0 on") long item,
            @Schema(enumeration = {"pending", "processing", "completed", "failed", "skipped"}) String status,
            @Schema(description = "As it was given; absent where items lie far apart") @Nullable JsonNode value,
            @Nullable String targetType,
            @Nullable String targetId,
            @Schema(implementation = Object.class, description = "Its target as it was before") @JsonRawValue @Nullable
                    String original,
            @Nullable String error,
            int retries,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            @Nullable Long durationMs) {}

    static BatchItemsAnswer of(List<BatchItem> items, ListPage page) {
        return new BatchItemsAnswer(
                items.stream()
                        .map(item -> new Item(
                                item.item(),
                                item.status().wire(),
                                item.value(),
                                item.targetType(),
                                item.targetId(),
                                item.original(),
                                item.error(),
                                item.retries(),
                                item.startedAt(),
                                item.finishedAt(),
                                item.durationMs()))
                        .toList(),
                page.next(items, last -> PageCursor.of(last.item())));
    }
}
