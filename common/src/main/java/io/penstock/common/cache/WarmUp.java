package io.penstock.common.cache;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;

/**
 * Payload of {@link CacheJobs#WARM_UP}.
 *
 * @param cache its name
 * @param strategy which keys; {@link #POPULAR_FIRST}, also where it is null
 * @param limit keys at most; null: 1,000
 * @param batch keys that are loaded together; null: 50
 * @param delayMs pause between two batches; null: 100
 */
public record WarmUp(
        @NotBlank String cache,
        @Nullable String strategy,
        @Nullable @Min(1) @Max(100_000) Integer limit,
        @Nullable @Min(1) @Max(1_000) Integer batch,
        @Nullable @Min(0) @Max(60_000) Long delayMs) {

    /** The keys that are asked for most, the most popular first. */
    public static final String POPULAR_FIRST = "popular_first";
}
