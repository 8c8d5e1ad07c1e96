package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Payload of {@link ProductJobs#BATCH_UPDATE_PRODUCTS}.
 *
 * @param frequency {@code hourly}, {@code six_hourly} or {@code daily}: items that somebody tracks like this; null: all that are
 *     tracked
 */
@RegisterForReflection
public record BatchUpdateProducts(@Nullable @Pattern(regexp = "hourly|six_hourly|daily") String frequency) {}
