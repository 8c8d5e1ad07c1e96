package io.penstock.common.templates.bulk;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One item of a bulk operation: a template that is to be made, or what of one is to be changed.
 *
 * @param expectedVersion the version that the caller saw; null: whatever is there. Not looked at where a template is made
 * @param set values by the names of {@link TemplateField}
 */
@RegisterForReflection
public record TemplateChange(UUID id, @Nullable Long expectedVersion, JsonNode set) {}
