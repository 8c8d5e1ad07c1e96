package io.penstock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is rendered is what the sources say. {@code -Dpenstock.manifests.write=true} writes both kinds of derived files anew.
 */
class RenderedOverlaysTest {

    private static final boolean WRITE = Boolean.getBoolean("penstock.manifests.write");
    private static final Path RULE = Manifests.KUBERNETES.resolve("components/monitoring/prometheus-rule.yaml");
    private static final String RULE_HEAD =
            """
            # Made from deploy/prometheus/rules.yml: RenderedOverlaysTest -Dpenstock.manifests.write=true writes it anew.
            apiVersion: monitoring.coreos.com/v1
            kind: PrometheusRule
            metadata:
              name: penstock
            spec:
            """;

    @Test
    void theRuleOfTheOperatorHoldsTheRules() throws IOException {
        Path rules = Manifests.HOME.resolve("deploy/prometheus/rules.yml");
        if (WRITE) {
            String groups = Manifests.text(rules).replaceAll("(?s)^.*?(?=groups:)", "");
            Files.writeString(RULE, RULE_HEAD + groups.replaceAll("(?m)^(?=.)", "  "));
        }
        JsonNode expected = Manifests.read(rules).get(0).path("groups");
        assertThat(Manifests.read(RULE).get(0).path("spec").path("groups"))
                .isNotEmpty()
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod", "redis-cluster"})
    void whatIsRenderedIsWhatTheSourcesSay(String overlay) throws IOException, InterruptedException {
        String now = kustomize(overlay);
        assumeTrue(
                now != null,
                "neither kubectl nor kustomize here: rendered overlays are not compared with their sources");
        if (WRITE) {
            Files.writeString(Manifests.rendered(overlay), now);
        }
        assertThat(Manifests.text(Manifests.rendered(overlay))).isEqualTo(now);
    }

    /** Null where there is no tool. */
    private static @Nullable String kustomize(String overlay) throws IOException, InterruptedException {
        for (List<String> tool : List.of(List.of("kubectl", "kustomize"), List.of("kustomize", "build"))) {
            List<String> words = new ArrayList<>(tool);
            words.add(Manifests.KUBERNETES.resolve("overlays").resolve(overlay).toString());
            Process process;
            try {
                process = new ProcessBuilder(words)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
            } catch (IOException missing) {
                continue;
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as("%s", words).isZero();
            return output;
        }
        return null;
    }
}
