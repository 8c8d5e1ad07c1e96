package io.penstock.common.templates;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Some of the templates that were found. */
@RegisterForReflection
@Schema(name = "TemplatePage")
public record TemplatePage(
        List<Line> templates,
        @Schema(description = "How many are found in all, counted up to 10,000") long total,
        @Schema(description = "False: there are more than 'total'") boolean totalIsExact,
        @Schema(description = "'place' of the next page; absent: there is none") @Nullable String next,
        @Schema(description = "'place' of the page before; absent: there is none") @Nullable String previous) {

    /** A template as a list shows it: what it sets itself, without what it inherits. */
    @RegisterForReflection
    @Schema(name = "TemplateLine")
    public record Line(
            String id,
            String name,
            @Nullable String description,
            String kind,
            String status,
            @Nullable String parentId,
            int depth,
            @Nullable String categoryId,
            @Nullable String skillLevel,
            @Nullable String price,
            @Nullable Integer durationMinutes,
            List<String> tags,
            boolean isPublic,
            boolean isSystem,
            long usageCount,
            @Nullable Instant lastUsedAt,
            long favourites,
            long version,
            Instant createdAt,
            Instant updatedAt) {}
}
