package io.penstock.common.templates;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A template with what it inherits.
 *
 * @param own what it sets itself
 * @param effective what holds for it
 * @param inherited of fields, and of keys such as {@code dynamicProperties.room}, that it does not set alone: the id of the template that
 *     they come from
 * @param chain from the topmost to itself
 */
@RegisterForReflection
@Schema(name = "Template")
public record TemplateView(
        String id,
        String name,
        String kind,
        String status,
        @Nullable String parentId,
        int depth,
        @Schema(enumeration = {"override", "merge", "extend", "selective"}) String inherit,
        List<String> inheritedKeys,
        boolean isPublic,
        boolean isSystem,
        long version,
        @Nullable Long previousVersion,
        String createdBy,
        Instant createdAt,
        String updatedBy,
        Instant updatedAt,
        List<Tag> tags,
        @Schema(implementation = Object.class) JsonNode own,
        @Schema(implementation = Object.class) JsonNode effective,
        Map<String, String> inherited,
        List<Link> chain) {

    @RegisterForReflection
    @Schema(name = "TemplateTag")
    public record Tag(String name, String value, String type) {}

    /** One template of a chain. */
    @RegisterForReflection
    @Schema(name = "TemplateLink")
    public record Link(String id, String name, long version) {}
}
