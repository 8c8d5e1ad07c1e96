package io.penstock.common.products;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How rows of items are read. */
public final class ItemRows {

    /** Of a {@code product_item} that is called {@code i}. */
    public static final String COLUMNS =
            """
            i.id, i.marketplace, i.asin, i.title, i.brand, i.description, i.image_urls, i.features, i.categories, i.ranks, i.price,
            i.list_price, i.currency, i.rank, i.rank_category, i.rating, i.review_count, i.buy_box, i.fulfilled_by, i.availability,
            i.prime, i.deal, i.unreadable, i.status, i.fetched_at
            """;

    private ItemRows() {}

    public static Item item(Row row) {
        return new Item(
                row.getLong("id"),
                row.getString("marketplace"),
                row.getString("asin"),
                row.getString("title"),
                row.getString("brand"),
                row.getString("description"),
                texts(row.getJsonArray("image_urls")),
                texts(row.getJsonArray("features")),
                texts(row.getJsonArray("categories")),
                ranks(row.getJsonArray("ranks")),
                row.getBigDecimal("price"),
                row.getBigDecimal("list_price"),
                row.getString("currency"),
                row.getInteger("rank"),
                row.getString("rank_category"),
                row.getBigDecimal("rating"),
                row.getInteger("review_count"),
                row.getString("buy_box"),
                row.getString("fulfilled_by"),
                row.getString("availability"),
                row.getBoolean("prime"),
                row.getBoolean("deal"),
                List.of(row.getArrayOfStrings("unreadable")),
                row.getString("status"),
                instant(row.getOffsetDateTime("fetched_at")));
    }

    static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    private static List<String> texts(JsonArray array) {
        List<String> texts = new ArrayList<>(array.size());
        array.forEach(each -> texts.add(String.valueOf(each)));
        return List.copyOf(texts);
    }

    private static List<CategoryRank> ranks(JsonArray array) {
        List<CategoryRank> ranks = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            JsonObject each = array.getJsonObject(i);
            ranks.add(new CategoryRank(each.getInteger("rank"), each.getString("category")));
        }
        return List.copyOf(ranks);
    }
}
