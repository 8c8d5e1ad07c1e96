package io.penstock.common.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.common.docs.PrometheusRules.Rule;
import io.penstock.common.testing.MetricsPage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules for Prometheus use metrics that exist, do what their tests say, and every alert says what to do. */
class PrometheusRulesTest {

    private static final Path REPOSITORY = Path.of("").toAbsolutePath().getParent();
    private static final Path RULES = REPOSITORY.resolve("deploy/prometheus");
    private static final Pattern PARAGRAPH = Pattern.compile("(?m)^### (\\w+)\n\n(\\w+)\\. \\S");

    @Test
    void everyRuleUsesMetricsAndLabelsOfThePage() throws IOException {
        PrometheusRules rules = PrometheusRules.of(REPOSITORY);
        PromQl expressions = rules.expressions(MetricsPage.of(REPOSITORY));

        assertThat(rules.alerts()).hasSizeGreaterThan(15);
        assertThat(Stream.concat(rules.records().stream(), rules.alerts().stream())
                        .flatMap(rule -> expressions.faults(rule.expression()).stream()))
                .isEmpty();
    }

    @Test
    void whatNobodyShowsIsAFault() throws IOException {
        PromQl expressions = PrometheusRules.of(REPOSITORY).expressions(MetricsPage.of(REPOSITORY));

        assertThat(expressions.faults(
                        "sum by (queue) (rate(penstock_jobs_run_seconds_count{outcome=\"dead\"}[5m])) > 1"))
                .isEmpty();
        assertThat(expressions.faults("rate(penstock_jobs_run_seconds[5m])")).hasSize(1);
        assertThat(expressions.faults("penstock_jobs_run_seconds_count{out=\"dead\"}"))
                .hasSize(1);
        assertThat(expressions.faults("sum by (tenant) (penstock_queue_jobs)")).hasSize(1);
        assertThat(expressions.faults("sum by (le) (rate(penstock_schedule_tick_seconds_count[5m]))"))
                .hasSize(1);
        assertThat(expressions.faults("vector(1)")).hasSize(1);
    }

    @Test
    void everyAlertHasItsParagraphInTheRunbookAndATest() throws IOException {
        String tests = Files.readString(RULES.resolve("rules_test.yml"));

        assertThat(PrometheusRules.of(REPOSITORY).alerts()).allSatisfy(alert -> {
            assertThat(alert.severity()).isIn("critical", "warning", "info");
            assertThat(alert.runbookUrl())
                    .isEqualTo("deploy/docs/runbook.md#" + alert.name().toLowerCase(Locale.ROOT));
            assertThat(tests).contains("alertname=\"" + alert.name() + "\"");
        });
        assertThat(paragraphs())
                .containsExactlyInAnyOrderElementsOf(PrometheusRules.of(REPOSITORY).alerts().stream()
                        .map(PrometheusRulesTest::nameAndSeverity)
                        .toList());
    }

    @Test
    void promtoolAcceptsTheRulesAndTheirTestsPass(@TempDir Path directory) throws Exception {
        assumeTrue(
                isInstalled("promtool"), "there is no promtool on the PATH; it comes with Debian's package prometheus");

        assertThat(promtool(directory, "check", "rules", "rules.yml")).contains("SUCCESS");
        assertThat(promtool(directory, "test", "rules", "rules_test.yml")).contains("SUCCESS");
    }

    private static String nameAndSeverity(Rule alert) {
        return alert.name() + " " + alert.severity();
    }

    private static Set<String> paragraphs() throws IOException {
        return PARAGRAPH
                .matcher(Files.readString(REPOSITORY.resolve("deploy/docs/runbook.md")))
                .results()
                .map(found -> found.group(1) + " " + found.group(2).toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    private static boolean isInstalled(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator, -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /** What it says; fails where it refuses. */
    private static String promtool(Path directory, String... arguments) throws Exception {
        Path said = directory.resolve("said");
        List<String> command =
                Stream.concat(Stream.of("promtool"), Stream.of(arguments)).toList();
        Process process = new ProcessBuilder(command)
                .directory(RULES.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("%s ends", command)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
        return Files.readString(said);
    }
}
