package io.penstock.common.templates;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.UUID;

/**
 * Payload of {@link TemplateJobs#FORGET}.
 *
 * @param ids templates whose content changed; empty where some were only added
 */
public record ForgetTemplates(@NotBlank @Size(max = 100) String tenant, @NotNull @Size(max = 10_000) List<UUID> ids) {}
