package io.penstock.common.docs;

import io.penstock.common.testing.MetricsPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code deploy/prometheus/rules.yml}. */
record PrometheusRules(List<Rule> alerts, List<Rule> records) {

    /**
     * One rule.
     *
     * @param runbookUrl empty for a recording rule
     */
    record Rule(String name, String expression, String severity, String runbookUrl) {}

    static PrometheusRules of(Path repository) throws IOException {
        Map<?, ?> file = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(Files.readString(repository.resolve("deploy/prometheus/rules.yml")));
        List<Map<?, ?>> rules =
                maps(file, "groups").flatMap(group -> maps(group, "rules")).toList();
        return new PrometheusRules(rulesOf(rules, "alert"), rulesOf(rules, "record"));
    }

    /** The series that the recording rules make, with their labels. */
    Map<String, Set<String>> recorded() {
        Map<String, Set<String>> recorded = new LinkedHashMap<>();
        records.forEach(rule -> {
            Set<String> labels = PromQl.groupings(rule.expression());
            labels.remove("le");
            recorded.put(rule.name(), labels);
        });
        return recorded;
    }

    PromQl expressions(MetricsPage page) {
        return new PromQl(page, recorded());
    }

    private static List<Rule> rulesOf(List<Map<?, ?>> rules, String kind) {
        return rules.stream()
                .filter(rule -> rule.containsKey(kind))
                .map(rule -> new Rule(
                        text(rule, kind),
                        text(rule, "expr"),
                        text(map(rule, "labels"), "severity"),
                        text(map(rule, "annotations"), "runbook_url")))
                .toList();
    }

    private static Stream<Map<?, ?>> maps(Map<?, ?> of, String key) {
        return of.get(key) instanceof List<?> list ? list.stream().map(each -> (Map<?, ?>) each) : Stream.of();
    }

    private static Map<?, ?> map(Map<?, ?> of, String key) {
        return of.get(key) instanceof Map<?, ?> map ? map : Map.of();
    }

    private static String text(Map<?, ?> map, String key) {
        Object value = map.get(key);
        return value == null ? "" : value.toString();
    }
}
