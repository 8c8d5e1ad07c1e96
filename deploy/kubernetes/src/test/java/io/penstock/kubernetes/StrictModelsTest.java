package io.penstock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two validators that know nothing of one another: the Java models of fabric8, which refuse what they do not know, and the
 * schemas of npm's kubernetes-models, which check types and also know the kinds of KEDA.
 */
class StrictModelsTest {

    private static final Map<String, Class<?>> MODELS = Map.ofEntries(
            Map.entry("Namespace", Namespace.class),
            Map.entry("ConfigMap", ConfigMap.class),
            Map.entry("Service", Service.class),
            Map.entry("Deployment", Deployment.class),
            Map.entry("CronJob", CronJob.class),
            Map.entry("PodDisruptionBudget", PodDisruptionBudget.class),
            Map.entry("HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
            Map.entry("NetworkPolicy", NetworkPolicy.class),
            Map.entry("ServiceMonitor", ServiceMonitor.class),
            Map.entry("PodMonitor", PodMonitor.class),
            Map.entry("PrometheusRule", PrometheusRule.class));
    /** Only the second validator knows these. */
    private static final Set<String> OF_KEDA = Set.of("ScaledObject", "TriggerAuthentication");

    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new WithoutLeftovers());

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod", "redis-cluster"})
    void modelsKnowEveryField(String overlay) throws IOException {
        for (JsonNode document : Manifests.documents(overlay)) {
            String kind = document.path("kind").asText();
            if (!OF_KEDA.contains(kind)) {
                assertThat(MODELS).as(Manifests.name(document)).containsKey(kind);
                assertThat(STRICT.treeToValue(document, MODELS.get(kind))).isNotNull();
            }
        }
    }

    @Test
    void aFieldThatIsMisspeltIsFound() {
        JsonNode deployment = Manifests.ofKind("prod", "Deployment").get(0).deepCopy();
        ((ObjectNode) Manifests.container(deployment.path("spec").path("template"))).put("imagePullPolice", "Always");
        assertThatThrownBy(() -> STRICT.treeToValue(deployment, Deployment.class))
                .isInstanceOf(UnrecognizedPropertyException.class);
    }

    @Tag("slow")
    @Test
    void schemasAcceptEveryDocument() throws IOException, InterruptedException {
        assumeTrue(runs("npm", "--version"), "no npm here: manifests are checked against one validator alone");
        Path work = Files.createDirectories(Manifests.KUBERNETES.resolve("target/validator"));
        for (String file : List.of("package.json", "validate.mjs")) {
            Files.write(
                    work.resolve(file),
                    Files.readAllBytes(
                            Manifests.KUBERNETES.resolve("src/test/js").resolve(file)));
        }
        assertThat(run(work, List.of("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts")))
                .contains("added");
        List<String> words = new ArrayList<>(List.of("node", "validate.mjs"));
        Manifests.OVERLAYS.forEach(
                overlay -> words.add(Manifests.rendered(overlay).toString()));
        assertThat(run(work, words)).contains(" 0 do not fit");
    }

    private static boolean runs(String... words) {
        try {
            return new ProcessBuilder(words)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String run(Path directory, List<String> words) throws IOException, InterruptedException {
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder(words)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("%s ends", words).isTrue();
        return Files.readString(output);
    }

    /** The models keep what they do not know; without that they refuse it. */
    private static final class WithoutLeftovers extends JacksonAnnotationIntrospector {

        private static final long serialVersionUID = 1;

        @Override
        public Boolean hasAnySetter(Annotated member) {
            return false;
        }
    }
}
