package io.penstock.common.templates.bulk;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.UUID;

/**
 * One item of a restore.
 *
 * @param batchId the operation that changed the template
 */
@RegisterForReflection
public record TemplateRestore(UUID id, UUID batchId) {}
