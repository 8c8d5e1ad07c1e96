package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Payload of {@link ProductJobs#USER_ACTION}: a user did something, and is therefore active.
 *
 * @param action {@code seen}: no more than that; {@code refresh}: wants a product to be read now
 * @param trackedId which product; only of a refresh
 */
@RegisterForReflection
public record UserAction(
        @Min(1) long userId,
        @NotNull @Pattern(regexp = "seen|refresh", message = "must be seen or refresh") String action,
        @Nullable @Min(1) Long trackedId) {}
