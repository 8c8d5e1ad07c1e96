package io.penstock.common.templates;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which templates of a tenant are looked for. Null and empty: whatever it is.
 *
 * @param text part of the name, the description or a tag
 * @param tags names; one that has any of them is found
 * @param favouritesOf whose favourites alone
 * @param popular only what was used more than {@link #POPULAR_FROM} times
 * @param ascending the direction of {@code sort}
 * @param place where the page begins; null: the first
 * @param limit templates of a page
 */
@RegisterForReflection
public record TemplateQuery(
        String tenant,
        @Nullable String status,
        @Nullable UUID category,
        @Nullable String kind,
        @Nullable String skillLevel,
        @Nullable String text,
        List<String> tags,
        @Nullable BigDecimal minPrice,
        @Nullable BigDecimal maxPrice,
        @Nullable Integer minDuration,
        @Nullable Integer maxDuration,
        @Nullable String favouritesOf,
        boolean popular,
        TemplateSort sort,
        boolean ascending,
        @Nullable TemplatePlace place,
        int limit) {

    public static final long POPULAR_FROM = 10;

    public TemplateQuery {
        tags = tags.stream().sorted().distinct().toList();
    }

    /** The same text for the same question, and another for another one. */
    String asText() {
        return String.join(
                "\n",
                quoted(status),
                quoted(category),
                quoted(kind),
                quoted(skillLevel),
                quoted(text),
                tags.stream().map(TemplateQuery::quoted).toList().toString(),
                quoted(minPrice),
                quoted(maxPrice),
                quoted(minDuration),
                quoted(maxDuration),
                quoted(favouritesOf),
                Boolean.toString(popular),
                sort.wire(),
                Boolean.toString(ascending),
                quoted(place == null ? null : place.asText()),
                Integer.toString(limit));
    }

    private static String quoted(@Nullable Object value) {
        return value == null ? "-" : "'" + value.toString().replace("'", "''") + "'";
    }
}
