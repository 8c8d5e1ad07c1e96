package io.penstock.worker.products.analysis;

import io.penstock.common.products.Item;
import io.penstock.common.products.NewReport.Suggestion;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes analyses without a model: from rules of thumb about pages, and from where the product stands among others. Pure. */
final class RuleWriter {

    private static final int GOOD_TITLE = 80;
    private static final int LONG_TITLE = 200;
    private static final int GOOD_IMAGES = 6;
    private static final int GOOD_FEATURES = 5;
    private static final int GOOD_DESCRIPTION = 250;
    private static final int MOST_KEYWORDS = 6;
    private static final double DEAR = 5;
    private static final double VERY_DEAR = 15;
    private static final double CHEAP = -10;
    private static final double GOOD_RATING = 4.0;

    private final Item item;
    private final Standing standing;
    private final List<String> findings = new ArrayList<>();
    private final List<Suggestion> suggestions = new ArrayList<>();

    private RuleWriter(Item item, List<Item> others) {
        this.item = item;
        this.standing = new Standing(item, others);
    }

    static Written comparison(Item main, List<Item> competitors) {
        RuleWriter writer = new RuleWriter(main, competitors);
        if (main.fetchedAt() == null) {
            return writer.notRead();
        }
        writer.comparePrice();
        writer.compareRank();
        writer.compareRating();
        writer.compareReviews();
        writer.page();
        writer.keywordsOfOthers();
        return writer.written("Compared with " + competitors.size() + " competitors");
    }

    static Written optimization(Item item) {
        RuleWriter writer = new RuleWriter(item, List.of());
        if (item.fetchedAt() == null) {
            return writer.notRead();
        }
        writer.ownPrice();
        writer.ownRating();
        writer.page();
        writer.keywordsOfFeatures();
        return writer.written("Looked through the page");
    }

    private Written notRead() {
        return new Written("The product was not read yet: there is nothing to judge.", List.of(), List.of());
    }

    private Written written(String what) {
        suggestions.sort(Comparator.comparing(each -> -Prompt.IMPACTS.indexOf(each.impact())));
        String summary = what + ": "
                + (suggestions.isEmpty()
                        ? "nothing stands out."
                        : suggestions.size() + (suggestions.size() == 1 ? " suggestion" : " suggestions")
                                + ", the first about the " + suggestions.get(0).kind() + ".");
        return new Written(summary, List.copyOf(findings), List.copyOf(suggestions));
    }

    private void comparePrice() {
        OptionalDouble middle = standing.price();
        BigDecimal price = item.price();
        if (price == null || middle.isEmpty() || middle.getAsDouble() <= 0) {
            return;
        }
        double above = Standing.percentAbove(price, middle.getAsDouble());
        String reason = "The price of " + money(price) + " is " + apart(above)
                + " the middle of the competitors' prices, " + money(BigDecimal.valueOf(middle.getAsDouble())) + ".";
        findings.add(reason);
        if (above >= DEAR) {
            suggest(
                    "price",
                    "Try a price nearer to " + money(BigDecimal.valueOf(middle.getAsDouble()))
                            + ", or show on the page what the difference is for.",
                    reason,
                    above >= VERY_DEAR ? "high" : "medium");
        } else if (above <= CHEAP && !isBelow(item.rating(), standing.rating())) {
            suggest(
                    "price",
                    "Try a higher price in small steps, and watch the rank.",
                    reason + " The rating is not worse than theirs.",
                    "medium");
        }
    }

    private void compareRank() {
        standing.place()
                .ifPresent(place -> findings.add("By rank it is number " + place.place() + " of the " + place.of()
                        + " in " + Lines.line(item.rankCategory(), 60) + "."));
    }

    private void compareRating() {
        OptionalDouble middle = standing.rating();
        BigDecimal rating = item.rating();
        if (rating == null || middle.isEmpty()) {
            return;
        }
        String reason = "It has " + rating.toPlainString() + " stars, the middle of the competitors "
                + plain(middle.getAsDouble()) + ".";
        findings.add(reason);
        if (rating.doubleValue() < middle.getAsDouble() - 0.2) {
            suggest(
                    "description",
                    "Read the latest bad reviews, and answer on the page what they complain of.",
                    reason,
                    "high");
        }
    }

    private void compareReviews() {
        OptionalDouble middle = standing.reviews();
        Integer reviews = item.reviewCount();
        if (reviews != null && middle.isPresent()) {
            findings.add("It has " + reviews + " reviews, the middle of the competitors "
                    + Math.round(middle.getAsDouble()) + ".");
        }
    }

    private void ownPrice() {
        BigDecimal price = item.price();
        BigDecimal list = item.listPrice();
        if (price != null && list != null && list.compareTo(price) > 0) {
            findings.add("It sells for " + money(price) + ", the list price is " + money(list) + ".");
        } else if (price != null && list == null) {
            suggest(
                    "price",
                    "Give a list price, so that buyers see what they save.",
                    "The page shows " + money(price) + " and no list price.",
                    "low");
        }
    }

    private void ownRating() {
        BigDecimal rating = item.rating();
        if (rating == null) {
            return;
        }
        findings.add("It has " + rating.toPlainString() + " stars"
                + (item.reviewCount() == null ? "." : " of " + item.reviewCount() + " reviews."));
        if (rating.doubleValue() < GOOD_RATING) {
            suggest(
                    "description",
                    "Read the latest bad reviews, and answer on the page what they complain of.",
                    "The rating is " + rating.toPlainString() + " of 5.",
                    "high");
        }
    }

    /** What is seen of the page itself. */
    private void page() {
        String title = item.title();
        int length = title == null ? 0 : title.length();
        int goodTitle =
                (int) Math.max(GOOD_TITLE, Math.min(150, standing.titleLength().orElse(0)));
        if (length < goodTitle) {
            suggest(
                    "title",
                    "Name brand, kind, most important property and size in the title, in some " + goodTitle
                            + " to 150 characters.",
                    length == 0
                            ? "The page has no title that could be read."
                            : "The title has " + length + " characters.",
                    length < GOOD_TITLE / 2 ? "high" : "medium");
        } else if (length > LONG_TITLE) {
            suggest(
                    "title",
                    "Cut the title to less than " + LONG_TITLE + " characters: phones show some 80.",
                    "The title has " + length + " characters.",
                    "low");
        }
        int images = item.imageUrls().size();
        int goodImages =
                (int) Math.max(GOOD_IMAGES, Math.round(standing.images().orElse(0)));
        if (images < goodImages) {
            suggest(
                    "images",
                    "Show it in " + goodImages + " images or more: in use, its size, its details, what is in the box.",
                    "The page has " + images + (images == 1 ? " image" : " images")
                            + (standing.images().isPresent()
                                    ? ", the middle of the competitors "
                                            + Math.round(standing.images().getAsDouble())
                                    : "")
                            + ".",
                    images <= 2 ? "high" : "medium");
        }
        int features = item.features().size();
        String description = item.description();
        int words = description == null ? 0 : description.length();
        if (features < GOOD_FEATURES) {
            suggest(
                    "description",
                    "List " + GOOD_FEATURES + " features, each with what the buyer has from it.",
                    "The page lists " + features + ".",
                    "medium");
        } else if (words < GOOD_DESCRIPTION) {
            suggest(
                    "description",
                    "Describe it in some sentences of one's own, with what it is for and what fits it.",
                    words == 0 ? "The page has no description." : "The description has " + words + " characters.",
                    "low");
        }
    }

    private void keywordsOfOthers() {
        List<String> missing = Words.missing(item, standing.others(), MOST_KEYWORDS);
        if (!missing.isEmpty()) {
            suggest(
                    "keywords",
                    "Where they are true of the product, use these words: " + String.join(", ", missing) + ".",
                    "At least half of the competitors have them in their titles; this page does not.",
                    "medium");
        }
    }

    private void keywordsOfFeatures() {
        Set<String> title = Words.of(item.title());
        List<String> unused = Words.of(item.features()).stream()
                .filter(word -> !title.contains(word))
                .limit(MOST_KEYWORDS)
                .toList();
        if (!unused.isEmpty() && title.size() < 12) {
            suggest(
                    "keywords",
                    "Take the most searched of these words into the title: " + String.join(", ", unused) + ".",
                    "They are among the features and not in the title.",
                    "low");
        }
    }

    private void suggest(String kind, String suggestion, String reason, String impact) {
        suggestions.add(new Suggestion(kind, suggestion, reason, impact));
    }

    private String money(BigDecimal amount) {
        return String.format(Locale.ROOT, "%.2f", amount) + (item.currency() == null ? "" : " " + item.currency());
    }

    private static String apart(double percent) {
        return Math.abs(percent) < 0.5
                ? "about"
                : Math.round(Math.abs(percent)) + " % " + (percent > 0 ? "above" : "below");
    }

    private static String plain(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }

    private static boolean isBelow(@Nullable BigDecimal value, OptionalDouble middle) {
        return value != null && middle.isPresent() && value.doubleValue() < middle.getAsDouble();
    }
}
