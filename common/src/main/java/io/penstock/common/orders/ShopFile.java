package io.penstock.common.orders;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An uploaded file, as its row tells.
 *
 * @param key of its object
 * @param kind null: it was found in the store, and nobody said what it is
 * @param size in bytes; null: not known
 * @param stored the store has its object
 * @param used an avatar or a poster refers to it
 * @param markedAt when nothing was found to refer to it
 */
public record ShopFile(
        long id,
        String key,
        @Nullable FileKind kind,
        @Nullable String contentType,
        @Nullable Long size,
        Instant uploadedAt,
        boolean stored,
        boolean used,
        @Nullable Instant markedAt) {}
