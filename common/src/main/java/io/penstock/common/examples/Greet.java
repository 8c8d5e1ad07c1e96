package io.penstock.common.examples;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * Payload of {@link ExampleJobs#GREET}, version 2. Version 1 was one field, {@code name}; see {@link GreetUpgrade}.
 *
 * @param given name
 * @param family name; null or empty for who has none
 */
public record Greet(@NotBlank @Size(max = 100) String given, @Nullable @Size(max = 100) String family) {}
