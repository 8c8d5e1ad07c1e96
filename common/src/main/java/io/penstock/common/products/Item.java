package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A product of a marketplace as it was last read. All that the marketplace says is null or empty as long as it was not read, or
 * where that made no sense. Its texts are the seller's, who may write anything into them.
 *
 * @param id of the row, shared by all who track it
 * @param status {@code new}, {@code ok}, {@code missing} or {@code blocked}
 * @param fetchedAt when the values were read; null: never
 */
@RegisterForReflection
public record Item(
        long id,
        String marketplace,
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
        @Nullable Integer rank,
        @Nullable String rankCategory,
        @Nullable BigDecimal rating,
        @Nullable Integer reviewCount,
        @Nullable String buyBox,
        @Nullable String fulfilledBy,
        @Nullable String availability,
        @Nullable Boolean prime,
        @Nullable Boolean deal,
        List<String> unreadable,
        String status,
        @Nullable Instant fetchedAt) {}
