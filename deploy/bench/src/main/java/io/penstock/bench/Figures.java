package io.penstock.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What one run measured; a scenario has the fields that apply to it. */
record Figures(String scenario, long jobs, Map<Field, Double> values) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MEDIAN_FRACTION = 1000;
    /** With more fields than fit on a line, each gets a line of its own. */
    private static final int MOST_COLUMNS = 8;

    Figures {
        values = Collections.unmodifiableMap(values.isEmpty() ? new EnumMap<>(Field.class) : new EnumMap<>(values));
    }

    static Figures of(Scenario scenario, long jobs) {
        return new Figures(scenario.label(), jobs, Map.of());
    }

    Figures with(Field field, double value) {
        Map<Field, Double> more = new EnumMap<>(Field.class);
        more.putAll(values);
        more.put(field, field.rounded(value));
        return new Figures(scenario, jobs, more);
    }

    Figures with(Field field, long value) {
        return with(field, (double) value);
    }

    Figures withLatency(Latencies latencies) {
        return with(Field.P50, latencies.millisAt(50)).with(Field.P99, latencies.millisAt(99));
    }

    /** Field by field: the runs of one scenario have the same fields. */
    static Figures median(List<Figures> runs) {
        Figures first = runs.get(0);
        Map<Field, Double> medians = new EnumMap<>(Field.class);
        first.values.keySet().forEach(field -> medians.put(field, median(runs, field)));
        return new Figures(first.scenario, first.jobs, medians);
    }

    private static double median(List<Figures> runs, Field field) {
        double[] values = runs.stream()
                .mapToDouble(run -> run.values.getOrDefault(field, 0.0))
                .sorted()
                .toArray();
        double low = values[(values.length - 1) / 2];
        double high = values[values.length / 2];
        return (double) Math.round((low + high) / 2 * MEDIAN_FRACTION) / MEDIAN_FRACTION;
    }

    String toJson() {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("scenario", scenario);
        line.put("jobs", jobs);
        values.forEach((field, value) -> line.put(field.label(), value));
        try {
            return JSON.writeValueAsString(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers can always be written", e);
        }
    }

    /** A row, below a head if it is the first; where there are too many columns, a paragraph. */
    String toText(boolean first) {
        if (values.size() > MOST_COLUMNS) {
            return paragraph();
        }
        return first ? head() + System.lineSeparator() + row() : row();
    }

    private String head() {
        return "%-18s%15s".formatted("scenario", "jobs")
                + values.keySet().stream()
                        .map(field -> "%15s".formatted(field.heading()))
                        .collect(Collectors.joining());
    }

    private String row() {
        return "%-18s%15d".formatted(scenario, jobs)
                + values.values().stream()
                        .map(value -> "%15s".formatted(cell(value)))
                        .collect(Collectors.joining());
    }

    private String paragraph() {
        return "%-18s%15d jobs%n".formatted(scenario, jobs)
                + values.entrySet().stream()
                        .map(value -> "  %-16s%15s".formatted(value.getKey().heading(), cell(value.getValue())))
                        .collect(Collectors.joining(System.lineSeparator()));
    }

    private static String cell(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }
}
