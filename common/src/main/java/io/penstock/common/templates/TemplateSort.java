package io.penstock.common.templates;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** In which order templates are found. Ids decide between those that are alike, so that each order is complete. */
@SuppressWarnings("ImmutableEnumChecker") // lists that nobody changes
public enum TemplateSort {
    NAME("t.name", "text"),
    CREATED("t.created_at", "timestamptz"),
    UPDATED("t.updated_at", "timestamptz"),
    USAGE("t.usage_count", "bigint"),
    LAST_USED("coalesce(t.last_used_at, '-infinity')", "timestamptz"),
    /** By favourites, then by uses. */
    POPULARITY("t.favourites", "bigint", "t.usage_count", "bigint");

    private final List<String> expressions;
    private final List<String> types;

    TemplateSort(String... expressionsAndTypes) {
        this.expressions = every(expressionsAndTypes, 0);
        this.types = every(expressionsAndTypes, 1);
    }

    private static List<String> every(String[] all, int from) {
        return IntStream.range(0, all.length / 2)
                .mapToObj(i -> all[2 * i + from])
                .toList();
    }

    /** As it is written: {@code last_used}. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<TemplateSort> ofWire(String word) {
        return Arrays.stream(values()).filter(sort -> sort.wire().equals(word)).findFirst();
    }

    public static List<String> wires() {
        return Arrays.stream(values()).map(TemplateSort::wire).toList();
    }

    /** What is sorted by, the most important first. */
    List<String> expressions() {
        return expressions;
    }

    /** Of the expressions. */
    List<String> types() {
        return types;
    }
}
