package io.penstock.common.docs;

import io.penstock.common.testing.MetricsPage;
import io.penstock.common.testing.MetricsPage.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares an expression of Prometheus with what is known of metrics. Reads names, labels and groupings; checks no grammar. */
final class PromQl {

    /** Labels that Prometheus adds to whatever it scrapes. */
    private static final Set<String> OF_THE_SCRAPE = Set.of("job", "instance");

    private static final Set<String> WORDS = Set.of(
            "and", "or", "unless", "bool", "by", "without", "on", "ignoring", "group_left", "group_right", "offset");

    private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*]");
    private static final Pattern GROUPING =
            Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern SELECTOR =
            Pattern.compile("(?<![\\w:.$])([a-zA-Z_:][\\w:]*)\\s*(?:\\{([^}]*)})?(?!\\s*\\(|[\\w:])");
    private static final Pattern WORD = Pattern.compile("\\w+");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)");

    private final MetricsPage page;
    /** Recorded series by name, with their labels. */
    private final Map<String, Set<String>> recorded;

    PromQl(MetricsPage page, Map<String, Set<String>> recorded) {
        this.page = page;
        this.recorded = recorded;
    }

    /** The labels that an aggregation leaves; none where there is none. */
    static Set<String> groupings(String expression) {
        Set<String> labels = new TreeSet<>();
        GROUPING.matcher(expression).results().forEach(found -> WORD.matcher(found.group(1))
                .results()
                .map(word -> word.group())
                .forEach(labels::add));
        return labels;
    }

    /** What the expression uses and nobody shows, in words. An expression without any metric is a fault as well. */
    List<String> faults(String expression) {
        List<String> faults = new ArrayList<>();
        Set<String> labels = new TreeSet<>(OF_THE_SCRAPE);
        boolean any = false;
        String plain = GROUPING.matcher(RANGE.matcher(STRING.matcher(expression).replaceAll("\"\""))
                        .replaceAll(""))
                .replaceAll(" ");
        Matcher selectors = SELECTOR.matcher(plain);
        while (selectors.find()) {
            String name = selectors.group(1);
            if (!WORDS.contains(name)) {
                any = true;
                Optional<Set<String>> known = labelsOf(name);
                known.ifPresent(labels::addAll);
                if (known.isEmpty()) {
                    faults.add(name + " is shown by nobody: " + expression);
                } else if (selectors.group(2) != null) {
                    checkMatchers(name, selectors.group(2), known.get(), faults);
                }
            }
        }
        Set<String> unknown = groupings(expression);
        unknown.removeAll(labels);
        if (!unknown.isEmpty()) {
            faults.add("no metric has the labels " + unknown + ": " + expression);
        }
        if (!any) {
            faults.add("there is no metric: " + expression);
        }
        return faults;
    }

    private static void checkMatchers(String name, String matchers, Set<String> labels, List<String> faults) {
        MATCHER.matcher(matchers).results().map(found -> found.group(1)).forEach(label -> {
            if (!labels.contains(label) && !OF_THE_SCRAPE.contains(label)) {
                faults.add(name + " has no label " + label);
            }
        });
    }

    private Optional<Set<String>> labelsOf(String series) {
        Set<String> made = recorded.get(series);
        if (made != null) {
            return Optional.of(made);
        }
        Optional<Metric> metric = page.showing(series);
        return metric.map(found -> {
            Set<String> labels = new TreeSet<>(found.labels());
            if (series.endsWith("_bucket")) {
                labels.add("le");
            }
            return labels;
        });
    }
}
