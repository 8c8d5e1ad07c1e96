package io.penstock.api.cache;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What is no longer to be believed: one of both. */
@RegisterForReflection
@Schema(name = "CacheInvalidation")
record InvalidateRequest(
        @Schema(
                        description =
                                "A key of a cache, with * for any text and ? for one character; it names its namespace: product:price:*")
                @Nullable
                String pattern,
        @Schema(description = "Entries, of all caches, that carry this tag") @Nullable String tag) {}
