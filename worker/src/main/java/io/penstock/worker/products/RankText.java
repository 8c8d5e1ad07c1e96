package io.penstock.worker.products;

import io.penstock.common.products.CategoryRank;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Places among best sellers as pages tell them: {@code #1,234 in Electronics (See Top 100 in Electronics) #3 in Headphones}, in the
 * languages of the marketplaces. The widest category comes first.
 */
final class RankText {

    private static final int MOST_CHARACTERS = 4_000;
    private static final int MOST_RANKS = 20;
    private static final int MOST_CATEGORY = 200;

    /** What links to the list, and holds no place of its own. */
    private static final Pattern LINK = Pattern.compile("\\((?:See|Siehe|Voir|Visualizza|Ver|Top)[^()]*\\)");

    private static final String SIGN = "(?:#|Nr\\.|n\\.|nº)";
    private static final Pattern PLACE = Pattern.compile(
            SIGN + "\\s*(\\d[\\d.,]{0,14})\\s+(?:in|en|dans)\\s+([^#]+?)\\s*(?=(?:#|Nr\\.|n\\.|nº)\\s*\\d|$)");

    private RankText() {}

    /** Empty where the text holds no place at all. */
    static Optional<List<CategoryRank>> ranks(String text) {
        if (text.length() > MOST_CHARACTERS) {
            return Optional.empty();
        }
        Matcher places = PLACE.matcher(
                LINK.matcher(text).replaceAll(" ").replaceAll("\\s+", " ").strip());
        List<CategoryRank> ranks = new ArrayList<>();
        while (places.find() && ranks.size() < MOST_RANKS) {
            Optional<Integer> rank = Counts.whole(places.group(1)).filter(number -> number > 0);
            String category = places.group(2).strip();
            if (rank.isPresent() && !category.isEmpty()) {
                ranks.add(new CategoryRank(
                        rank.get(),
                        category.length() <= MOST_CATEGORY ? category : category.substring(0, MOST_CATEGORY)));
            }
        }
        return ranks.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(ranks));
    }
}
