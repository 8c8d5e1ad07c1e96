package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Payload of {@link ProductJobs#SYNC_PRODUCT_DATA}.
 *
 * @param marketplace null: {@code US}
 */
@RegisterForReflection
public record SyncProductData(
        @NotNull @Pattern(regexp = Asin.PATTERN, message = "must be an ASIN") String asin,
        @Nullable @Pattern(regexp = "[A-Z]{2}") String marketplace) {}
