package io.penstock.common.batch;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One item of a batch and what became of it.
 *
 * @param item its number, from 0 on
 * @param value as it was given; null: not shown, because the page would be too dear
 * @param targetType what kind of thing it was about; null: its handler does not say
 * @param targetId which one; null: its handler does not say
 * @param original JSON text of the target as it was before; null: its handler keeps none
 * @param error why it failed or was skipped; null: it did not
 * @param retries how often it was run again
 * @param durationMs of its latest run; null: none has ended
 */
public record BatchItem(
        long item,
        ItemStatus status,
        @Nullable JsonNode value,
        @Nullable String targetType,
        @Nullable String targetId,
        @Nullable String original,
        @Nullable String error,
        int retries,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Long durationMs) {

    static BatchItem pending(long item, JsonNode value) {
        return new BatchItem(item, ItemStatus.PENDING, value, null, null, null, null, 0, null, null, null);
    }
}
