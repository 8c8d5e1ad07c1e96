package io.penstock.common.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tables of {@code deploy/docs/metrics.md}: what may stand in rules and dashboards, and what a scrape must look like. */
public final class MetricsPage {

    /** Every metric of ours begins with this. */
    public static final String PREFIX = "penstock_";

    private static final Pattern ROW = Pattern.compile(
            "^\\| `(\\w+)` \\| (counter|gauge|timer|histogram) \\| ([^|]*) \\| ([^|]*) \\| ([^|]+) \\|$");
    /** Where there are traces, one of them may stand behind the value as an example. */
    private static final Pattern SAMPLE = Pattern.compile("^(\\w+)(?:\\{(.*?)})? \\S+(?: # \\{.*)?$");

    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern TYPE = Pattern.compile("^# TYPE (\\w+) (\\w+)$");

    private final Map<String, Metric> metrics;

    private MetricsPage(Map<String, Metric> metrics) {
        this.metrics = metrics;
    }

    /** What a metric is, and which series it shows. */
    public enum Kind {
        COUNTER("counter"),
        GAUGE("gauge"),
        /** Count, sum and maximum of durations. */
        TIMER("summary"),
        /** The same with buckets. */
        HISTOGRAM("histogram");

        private final String type;

        Kind(String type) {
            this.type = type;
        }

        private List<String> suffixes() {
            return switch (this) {
                case COUNTER, GAUGE -> List.of("");
                case TIMER -> List.of("_count", "_sum", "_max");
                case HISTOGRAM -> List.of("_bucket", "_count", "_sum", "_max");
            };
        }
    }

    /**
     * A row.
     *
     * @param name as Prometheus has it, without the suffixes of a timer
     * @param shownBy the processes that show it
     */
    public record Metric(String name, Kind kind, Set<String> labels, Set<String> shownBy, String meaning) {}

    /** Reads the page below this directory. */
    public static MetricsPage of(Path repository) throws IOException {
        Map<String, Metric> metrics = new LinkedHashMap<>();
        for (String line : Files.readAllLines(repository.resolve("deploy/docs/metrics.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                Metric metric = new Metric(
                        row.group(1),
                        Kind.valueOf(row.group(2).toUpperCase(Locale.ROOT)),
                        names(row.group(3)),
                        names(row.group(4)),
                        row.group(5));
                if (metrics.put(metric.name(), metric) != null) {
                    throw new IllegalStateException("two rows for " + metric.name());
                }
            } else if (line.startsWith("| `")) {
                throw new IllegalStateException("no row of a metric: " + line);
            }
        }
        return new MetricsPage(metrics);
    }

    private static Set<String> names(String cell) {
        return Pattern.compile("\\w+")
                .matcher(cell)
                .results()
                .map(found -> found.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Rows of our own metrics. */
    public List<Metric> own() {
        return metrics.values().stream()
                .filter(metric -> metric.name().startsWith(PREFIX))
                .toList();
    }

    /** The metric that shows a series of this name; empty: none on the page does. */
    public Optional<Metric> showing(String series) {
        return metrics.values().stream()
                .filter(metric ->
                        metric.kind.suffixes().stream().anyMatch(suffix -> series.equals(metric.name + suffix)))
                .findFirst();
    }

    /** Rows of metrics that the platform shows and this scrape does not. */
    public List<String> missingOfOthers(String scrape) {
        Set<String> series = scrape.lines()
                .map(SAMPLE::matcher)
                .filter(Matcher::matches)
                .map(sample -> sample.group(1))
                .collect(Collectors.toSet());
        return metrics.values().stream()
                .filter(metric -> !metric.name().startsWith(PREFIX))
                .filter(metric -> !series.contains(
                        metric.name() + metric.kind().suffixes().get(0)))
                .map(Metric::name)
                .toList();
    }

    /** What of a scrape is not as the page says, in words: of all our metrics, and of those of others that are on the page. */
    public List<String> faults(String scrape) {
        List<String> faults = new ArrayList<>();
        scrape.lines().forEach(line -> {
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()
                    && type.group(1).startsWith(PREFIX)
                    && !type.group(1).endsWith("_max")) {
                checkType(type.group(1), type.group(2), faults);
            } else if (sample.matches()) {
                Optional<Metric> metric = showing(sample.group(1));
                if (metric.isPresent() || sample.group(1).startsWith(PREFIX)) {
                    checkSample(sample, metric, faults);
                }
            }
        });
        return faults;
    }

    private void checkType(String name, String type, List<String> faults) {
        // OpenMetrics leaves the ending to the samples.
        Metric metric = metrics.containsKey(name) ? metrics.get(name) : metrics.get(name + "_total");
        if (metric == null || !metric.kind.type.equals(type)) {
            faults.add(name + " is a " + type + ", the page says " + metric);
        }
    }

    private static void checkSample(Matcher sample, Optional<Metric> metric, List<String> faults) {
        Set<String> labels = sample.group(2) == null
                ? Set.of()
                : LABEL.matcher(sample.group(2))
                        .results()
                        .map(found -> found.group(1))
                        .filter(label -> !label.equals("le"))
                        .collect(Collectors.toCollection(TreeSet::new));
        if (metric.isEmpty() || !metric.get().labels().equals(labels)) {
            faults.add(sample.group() + " is not on the page, which says " + metric);
        }
    }
}
