package io.penstock.api.orders;

import io.penstock.common.orders.FileKind;
import io.penstock.common.orders.ShopFile;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An uploaded file as callers see it. */
@RegisterForReflection
@Schema(name = "ShopFile")
public record FileAnswer(
        long id,
        @Schema(description = "Key of its object in the store") String key,
        @Schema(description = "avatar or poster; null: found in the store, nobody said") @Nullable FileKind kind,
        @Nullable String contentType,
        @Schema(description = "In bytes") @Nullable Long size,
        Instant uploadedAt,
        @Schema(description = "False: its upload was not completed") boolean stored,
        @Schema(description = "False: nothing refers to it; the cleanup will remove it") boolean used,
        @Schema(description = "Since when the cleanup knows that nothing refers to it") @Nullable Instant markedAt) {

    static FileAnswer of(ShopFile file) {
        return new FileAnswer(
                file.id(),
                file.key(),
                file.kind(),
                file.contentType(),
                file.size(),
                file.uploadedAt(),
                file.stored(),
                file.used(),
                file.markedAt());
    }
}
