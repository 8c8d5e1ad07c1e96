package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the marketplace said of one product: checked, and in types. What it did not say, or what made no sense, is null or empty.
 *
 * @param asin of the product
 * @param price 0 or more, below 10^10
 * @param currency three letters, as ISO 4217 has them
 * @param ranks the widest category first
 * @param rating 0 to 5 stars
 * @param buyBox who sells it in the buy box
 * @param unreadable names of the fields that are null because they made no sense
 */
@RegisterForReflection
public record ProductReading(
        String asin,
        @Nullable String title,
        @Nullable String brand,
        @Nullable String description,
        List<String> imageUrls,
        List<String> features,
        List<String> categories,
        List<CategoryRank> ranks,
        @Nullable BigDecimal price,
        @Nullable BigDecimal listPrice,
        @Nullable String currency,
        @Nullable BigDecimal rating,
        @Nullable Integer reviewCount,
        @Nullable String buyBox,
        @Nullable String fulfilledBy,
        @Nullable String availability,
        @Nullable Boolean prime,
        @Nullable Boolean deal,
        List<String> unreadable) {

    /** That of the widest category; null: none known. */
    public @Nullable Integer rank() {
        return ranks.isEmpty() ? null : ranks.get(0).rank();
    }

    public @Nullable String rankCategory() {
        return ranks.isEmpty() ? null : ranks.get(0).category();
    }
}
