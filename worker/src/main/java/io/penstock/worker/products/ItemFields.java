package io.penstock.worker.products;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.history.StorableText;
import io.penstock.common.products.CategoryRank;
import io.penstock.common.products.Marketplace;
import io.penstock.common.products.ProductReading;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One product in the scraper's words, field by field. Every field may be null, blank, text where a number is meant, or not there. */
final class ItemFields {

    private static final int MOST_TITLE = 1_000;
    private static final int MOST_LINE = 300;
    private static final int MOST_TEXT = 10_000;
    private static final int MOST_ENTRIES = 50;
    private static final Set<String> RANK_NAMES = Set.of(
            "best sellers rank",
            "amazon best sellers rank",
            "bestseller-rang",
            "amazon bestseller-rang",
            "classement des meilleures ventes d'amazon",
            "posizione nella classifica bestseller di amazon",
            "clasificación en los más vendidos de amazon",
            "amazon 売れ筋ランキング");

    private final JsonNode fields;
    private final Marketplace market;
    private final Set<String> unreadable = new LinkedHashSet<>();

    ItemFields(JsonNode fields, Marketplace market) {
        this.fields = fields;
        this.market = market;
    }

    /** The product in types. What makes no sense is null and noted. */
    ProductReading reading(String asin) {
        Money price = money("price");
        Money listPrice = money("retailPrice");
        return new ProductReading(
                asin,
                line("title", MOST_TITLE),
                line("manufacturer", MOST_LINE),
                description(),
                texts("imageUrlList", MOST_TITLE),
                texts("features", MOST_TITLE),
                categories(),
                ranks(),
                price == null ? null : price.amount(),
                listPrice == null ? null : listPrice.amount(),
                price == null ? null : price.currency(),
                parsed("productRating", this::stars),
                parsed("countReview", this::count),
                line("soldBy", MOST_LINE),
                line("fulfilledBy", MOST_LINE),
                line("warehouseAvailability", MOST_LINE),
                flag("prime"),
                flag("deal"),
                List.copyOf(unreadable));
    }

    private boolean isThere(JsonNode node) {
        return !node.isMissingNode()
                && !node.isNull()
                && !(node.isTextual() && node.asText().isBlank());
    }

    private <T> @Nullable T parsed(String field, Function<JsonNode, Optional<T>> reader) {
        JsonNode node = fields.path(field);
        if (!isThere(node)) {
            return null;
        }
        Optional<T> value = reader.apply(node);
        if (value.isEmpty()) {
            unreadable.add(field);
        }
        return value.orElse(null);
    }

    private @Nullable String line(String field, int most) {
        return parsed(
                field,
                node -> node.isValueNode() && !node.isBoolean()
                        ? Optional.of(oneLine(node.asText(), most)).filter(text -> !text.isEmpty())
                        : Optional.empty());
    }

    /** For people and for prompts: on one line, so that nothing in it can pass for another line. */
    private static String oneLine(String text, int most) {
        return StorableText.text(text, most * 2)
                .replaceAll("[\\s\\p{Cntrl}\\p{Zl}\\p{Zp}]+", " ")
                .strip()
                .transform(line -> StorableText.text(line, most));
    }

    private @Nullable String description() {
        String field = isThere(fields.path("productDescription")) ? "productDescription" : "description";
        return parsed(
                field,
                node -> node.isTextual()
                        ? Optional.of(StorableText.text(node.asText().strip(), MOST_TEXT))
                        : Optional.empty());
    }

    private @Nullable Money money(String field) {
        return parsed(field, node -> {
            if (node.isNumber()) {
                return number(node).flatMap(number -> Money.of(number, market));
            }
            if (node.isObject() && node.path("value").isNumber()) {
                return number(node.path("value"))
                        .flatMap(number -> Money.of(number, market))
                        .map(money -> Money.of("1" + node.path("currency").asText(""), market)
                                .map(sign -> new Money(money.amount(), sign.currency()))
                                .orElse(money));
            }
            return node.isTextual() ? Money.of(node.asText(), market) : Optional.empty();
        });
    }

    /** Numbers with an exponent could blow up to gigabytes. */
    private static Optional<BigDecimal> number(JsonNode node) {
        if (node.isDouble() && !Double.isFinite(node.doubleValue())) {
            return Optional.empty();
        }
        BigDecimal number = node.decimalValue();
        return Math.abs((long) number.scale()) > 20 || number.precision() > 30 ? Optional.empty() : Optional.of(number);
    }

    private Optional<BigDecimal> stars(JsonNode node) {
        if (node.isNumber()) {
            return number(node).filter(Counts::isRating).map(stars -> stars.setScale(2, RoundingMode.HALF_UP));
        }
        return node.isTextual() ? Counts.stars(node.asText().strip()) : Optional.empty();
    }

    private Optional<Integer> count(JsonNode node) {
        if (node.isIntegralNumber()) {
            return node.canConvertToInt() && node.asInt() >= 0 ? Optional.of(node.asInt()) : Optional.empty();
        }
        return node.isTextual() ? Counts.count(node.asText().strip()) : Optional.empty();
    }

    private @Nullable Boolean flag(String field) {
        return parsed(field, node -> {
            if (node.isBoolean()) {
                return Optional.of(node.asBoolean());
            }
            String text = node.asText("").strip().toLowerCase(Locale.ROOT);
            return text.equals("true") || text.equals("false")
                    ? Optional.of(Boolean.valueOf(text))
                    : Optional.<Boolean>empty();
        });
    }

    private List<String> texts(String field, int most) {
        List<String> texts = parsed(field, node -> {
            if (!node.isArray()) {
                return Optional.empty();
            }
            List<String> found = new ArrayList<>();
            for (JsonNode each : node) {
                if (each.isTextual() && !each.asText().isBlank() && found.size() < MOST_ENTRIES) {
                    found.add(oneLine(each.asText(), most));
                } else if (!each.isTextual() && !each.isNull()) {
                    unreadable.add(field);
                }
            }
            return Optional.of(List.copyOf(found));
        });
        return texts == null ? List.of() : texts;
    }

    private List<String> categories() {
        List<String> categories = parsed("categoriesExtended", node -> {
            if (!node.isArray()) {
                return Optional.empty();
            }
            List<String> found = new ArrayList<>();
            for (JsonNode each : node) {
                JsonNode name = each.isObject() ? each.path("name") : each;
                if (name.isTextual() && !name.asText().isBlank() && found.size() < MOST_ENTRIES) {
                    found.add(oneLine(name.asText(), MOST_LINE));
                } else if (isThere(name) && !name.isTextual()) {
                    unreadable.add("categoriesExtended");
                }
            }
            return Optional.of(List.copyOf(found));
        });
        return categories == null ? List.of() : categories;
    }

    private List<CategoryRank> ranks() {
        JsonNode details = fields.path("productDetails");
        if (!isThere(details)) {
            return List.of();
        }
        if (!details.isArray()) {
            unreadable.add("productDetails");
            return List.of();
        }
        for (JsonNode detail : details) {
            String name = detail.path("name").asText("").strip().toLowerCase(Locale.ROOT);
            if (RANK_NAMES.contains(name.endsWith(":") ? name.substring(0, name.length() - 1) : name)
                    && isThere(detail.path("value"))) {
                Optional<List<CategoryRank>> ranks =
                        RankText.ranks(StorableText.text(detail.path("value").asText(""), MOST_TEXT));
                if (ranks.isEmpty()) {
                    unreadable.add("bestSellersRank");
                }
                return ranks.orElse(List.of());
            }
        }
        return List.of();
    }
}
