package io.penstock.common.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.testing.MetricsPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The dashboards for Grafana can be provisioned anywhere, and show only metrics that exist. */
class GrafanaDashboardsTest {

    private static final Path REPOSITORY = Path.of("").toAbsolutePath().getParent();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");

    @Test
    void everyExpressionUsesMetricsAndLabelsOfThePage() throws IOException {
        PromQl expressions = PrometheusRules.of(REPOSITORY).expressions(MetricsPage.of(REPOSITORY));

        dashboards().forEach((name, dashboard) -> {
            List<String> shown = dashboard.findValuesAsText("expr");
            assertThat(shown).as(name).hasSizeGreaterThan(5);
            assertThat(shown.stream().flatMap(each -> expressions.faults(each).stream()))
                    .as(name)
                    .isEmpty();
        });
    }

    @Test
    void everyVariableIsFilledFromALabelOfThePage() throws IOException {
        PromQl expressions = PrometheusRules.of(REPOSITORY).expressions(MetricsPage.of(REPOSITORY));

        dashboards().forEach((name, dashboard) -> {
            for (JsonNode variable : dashboard.at("/templating/list")) {
                if (variable.path("type").asText().equals("query")) {
                    var query = LABEL_VALUES.matcher(variable.at("/query/query").asText());
                    assertThat(query.matches()).as(name).isTrue();
                    assertThat(expressions.faults("sum by (%s) (%s)".formatted(query.group(2), query.group(1))))
                            .isEmpty();
                }
            }
        });
    }

    @Test
    void nothingNamesOneInstallation() throws IOException {
        assertThat(dashboards()).containsOnlyKeys("overview", "queues", "workers", "schedules", "upstreams");
        assertThat(dashboards().values())
                .extracting(dashboard -> dashboard.path("title").asText())
                .doesNotContain("")
                .doesNotHaveDuplicates();
        dashboards().forEach((name, dashboard) -> {
            assertThat(dashboard.has("uid")).as(name).isFalse();
            assertThat(dashboard.path("id").isNull()).as(name).isTrue();
            assertThat(dashboard.at("/templating/list/0/type").asText())
                    .as(name)
                    .isEqualTo("datasource");
            assertThat(dashboard.findValuesAsText("uid")).as(name).isNotEmpty().containsOnly("${datasource}");
            assertThat(panels(dashboard)).as(name).allSatisfy(panel -> {
                assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
                assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isNotEmpty();
            });
        });
    }

    /** Those that show something. */
    private static List<JsonNode> panels(JsonNode dashboard) {
        List<JsonNode> panels = new ArrayList<>();
        dashboard.path("panels").forEach(panel -> {
            if (!panel.path("type").asText().equals("row")) {
                panels.add(panel);
            }
        });
        return panels;
    }

    private static Map<String, JsonNode> dashboards() throws IOException {
        Map<String, JsonNode> dashboards = new TreeMap<>();
        try (Stream<Path> files = Files.list(REPOSITORY.resolve("deploy/grafana"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".json")).toList()) {
                dashboards.put(
                        file.getFileName().toString().replace(".json", ""), JSON.readTree(Files.readString(file)));
            }
        }
        return dashboards;
    }
}
