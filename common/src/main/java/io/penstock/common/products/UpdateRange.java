package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Item of a batch {@link ProductBatches#UPDATES}: items with ids from and to, both included.
 *
 * @param frequency as of {@link BatchUpdateProducts}
 */
@RegisterForReflection
public record UpdateRange(
        @Min(1) long from, @Min(1) long to, @Nullable @Pattern(regexp = "hourly|six_hourly|daily") String frequency) {}
