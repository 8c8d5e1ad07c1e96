package io.penstock.worker.products.analysis;

import io.penstock.common.products.Item;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The words of products' texts that buyers may search for. */
final class Words {

    private static final Pattern BETWEEN = Pattern.compile("[^\\p{L}\\p{N}]+");
    private static final Pattern NUMBER = Pattern.compile("\\p{N}+");
    private static final int LEAST_LETTERS = 4;
    private static final int MOST_LETTERS = 24;
    private static final int MOST_CHARACTERS = 5_000;

    private static final Set<String> COMMON = Set.of(
            "with", "from", "that", "this", "your", "have", "more", "than", "also", "into", "only", "pack", "made",
            "will", "them", "they", "when", "what", "which", "make", "makes", "most", "very", "each", "about", "other",
            "such", "these", "those", "black", "white", "new", "best", "great", "easy", "over", "without", "perfect",
            "product", "used", "ideal");

    private Words() {}

    /** In their order, each once. */
    static Set<String> of(@Nullable String text) {
        Set<String> words = new LinkedHashSet<>();
        if (text != null) {
            String some = text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) : text;
            BETWEEN.splitAsStream(some.toLowerCase(Locale.ROOT))
                    .filter(Words::isTelling)
                    .forEach(words::add);
        }
        return words;
    }

    static Set<String> of(Collection<String> texts) {
        return of(String.join(" ", texts));
    }

    /** All words of a product's title and features. */
    static Set<String> of(Item item) {
        Set<String> words = of(item.title());
        words.addAll(of(item.features()));
        return words;
    }

    /** What at least half of the others' titles say and this product does not, the most frequent first. */
    static List<String> missing(Item item, List<Item> others, int most) {
        Map<String, Integer> times = new LinkedHashMap<>();
        others.forEach(other -> {
            Set<String> brand = of(other.brand());
            of(other.title()).stream()
                    .filter(word -> !brand.contains(word))
                    .forEach(word -> times.merge(word, 1, Integer::sum));
        });
        Set<String> own = of(item);
        List<String> missing = new ArrayList<>(times.keySet());
        missing.removeIf(word -> own.contains(word) || times.getOrDefault(word, 0) * 2 < others.size());
        missing.sort((one, other) -> times.getOrDefault(other, 0) - times.getOrDefault(one, 0));
        return missing.subList(0, Math.min(most, missing.size()));
    }

    private static boolean isTelling(String word) {
        return word.length() >= LEAST_LETTERS
                && word.length() <= MOST_LETTERS
                && !COMMON.contains(word)
                && !NUMBER.matcher(word).matches();
    }
}
