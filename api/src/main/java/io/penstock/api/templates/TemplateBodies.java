package io.penstock.api.templates;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.templates.TemplateUses;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What calls about single templates are asked with, and what they answer. */
final class TemplateBodies {

    private TemplateBodies() {}

    @RegisterForReflection
    @Schema(name = "TemplateCreate")
    record Create(
            @Schema(description = "Whose it is; may be left out by a key of one tenant") @Nullable String tenant,
            @Schema(implementation = Object.class, description = "Its fields; 'name' at least") @Nullable
                    JsonNode template,
            @Schema(
                            enumeration = {"strict", "partial"},
                            description = "Whether properties may lack what the rules want; default strict")
                    @Nullable
                    String validation) {}

    @RegisterForReflection
    @Schema(name = "TemplateUpdate")
    record Update(
            @Nullable String tenant,
            @Schema(description = "The version that was seen; another one is a conflict") @Nullable
                    Long expectedVersion,
            @Schema(implementation = Object.class, description = "The fields that change") @Nullable JsonNode set,
            @Schema(
                            enumeration = {"strict", "partial"},
                            description = "default strict")
                    @Nullable
                    String validation) {}

    @RegisterForReflection
    @Schema(name = "TemplateArchive")
    record Archive(@Nullable String tenant, @Nullable Long expectedVersion) {}

    @RegisterForReflection
    @Schema(name = "TemplateUseBody")
    record NewUse(
            @Nullable String tenant,
            @Schema(description = "What it was used for, as a word; default course") @Nullable String type,
            @Schema(implementation = Object.class, description = "What was changed of it") @Nullable
                    JsonNode customisations,
            @Schema(description = "How it went") @Nullable String outcome) {}

    @RegisterForReflection
    @Schema(name = "TemplateNewCategory")
    record NewCategory(
            @Nullable String tenant, @Nullable String name, @Schema(description = "#rrggbb") @Nullable String colour) {}

    @RegisterForReflection
    @Schema(name = "TemplateCategories")
    record Categories(List<TemplateUses.Category> categories) {}

    @RegisterForReflection
    @Schema(name = "TemplateVersions")
    record Versions(
            List<TemplateUses.Version> versions,
            @Schema(description = "'before' of the next page; absent: there is none") @Nullable String next) {}
}
