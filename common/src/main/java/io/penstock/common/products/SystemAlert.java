package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * Payload of {@link ProductJobs#SYSTEM_ALERT}.
 *
 * @param subject what it is about, such as {@code scraper}; alerts of one subject are one
 * @param severity {@code warning} or {@code critical}; null: {@code warning}
 * @param over true: it has passed; null: it has not
 */
@RegisterForReflection
public record SystemAlert(
        @NotNull @Pattern(regexp = "[a-z0-9][a-z0-9._-]{0,99}") String subject,
        @NotBlank @Size(max = 1_000) String message,
        @Nullable @Pattern(regexp = "warning|critical") String severity,
        @Nullable Boolean over) {}
