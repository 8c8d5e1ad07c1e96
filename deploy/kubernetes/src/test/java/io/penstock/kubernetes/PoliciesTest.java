package io.penstock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.queue.Lane;
import io.penstock.common.redis.RedisKeys;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every pod must be, and what the parts of a deployment must agree on. */
class PoliciesTest {

    private static final Duration REQUESTS_UNDER_WAY = Duration.ofSeconds(20);
    private static final Pattern QUEUE = Pattern.compile("penstock\\.queue\\.\"([^\"]+)\"\\.concurrency");
    /** On in development alone. */
    private static final Set<String> NOT_IN_PRODUCTION = Set.of("diagnostics", "examples");

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod", "redis-cluster"})
    void everyPodIsRestricted(String overlay) {
        for (JsonNode pod : Manifests.pods(overlay)) {
            JsonNode spec = pod.path("spec");
            assertThat(spec.path("automountServiceAccountToken").asBoolean(true))
                    .isFalse();
            assertThat(spec.path("securityContext").path("runAsNonRoot").asBoolean())
                    .isTrue();
            assertThat(spec.path("securityContext").path("runAsUser").asInt()).isPositive();
            assertThat(spec.path("securityContext")
                            .path("seccompProfile")
                            .path("type")
                            .asText())
                    .isEqualTo("RuntimeDefault");
            assertThat(spec.path("containers")).hasSize(1);
            JsonNode container = Manifests.container(pod);
            JsonNode rights = container.path("securityContext");
            assertThat(rights.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
            assertThat(rights.path("readOnlyRootFilesystem").asBoolean()).isTrue();
            assertThat(rights.path("capabilities").path("drop").path(0).asText())
                    .isEqualTo("ALL");
            JsonNode resources = container.path("resources");
            assertThat(resources.path("requests").has("cpu")).isTrue();
            assertThat(resources.path("requests").has("memory")).isTrue();
            assertThat(resources.path("limits").has("memory")).isTrue();
            Manifests.each(spec.path("volumes"))
                    .forEach(volume -> assertThat(volume.path("emptyDir").has("sizeLimit"))
                            .as("%s is bounded", volume)
                            .isTrue());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod", "redis-cluster"})
    void whatRunsOnSaysHowItIs(String overlay) {
        for (JsonNode deployment : Manifests.ofKind(overlay, "Deployment")) {
            JsonNode container = Manifests.container(deployment.path("spec").path("template"));
            assertThat(container.has("livenessProbe") && container.has("readinessProbe"))
                    .as(Manifests.name(deployment))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod", "redis-cluster"})
    void secretsComeByReferenceAndImagesHaveTags(String overlay) {
        for (JsonNode pod : Manifests.pods(overlay)) {
            Manifests.each(Manifests.container(pod).path("env"))
                    .filter(variable -> variable.path("name").asText().matches(".*(SECRET|PASSWORD|KEY|_URL)$"))
                    .forEach(variable -> assertThat(variable.path("valueFrom")
                                    .path("secretKeyRef")
                                    .path("name")
                                    .asText())
                            .as("%s", variable)
                            .isEqualTo("penstock"));
            assertThat(Manifests.container(pod).path("image").asText())
                    .matches(".+:[^:/]+")
                    .doesNotEndWith(":latest");
        }
        assertThat(Manifests.ofKind(overlay, "Secret")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod", "redis-cluster"})
    void whoIsToldToStopHasTheTimeToDoSo(String overlay) {
        int seen = 0;
        for (JsonNode pod : Manifests.pods(overlay)) {
            Duration grace = Duration.ofSeconds(
                    pod.path("spec").path("terminationGracePeriodSeconds").asLong(30));
            String drain = Manifests.variable(pod, "PENSTOCK_WORKER_DRAIN_GRACE");
            String delay = Manifests.variable(pod, "PENSTOCK_SHUTDOWN_DELAY");
            if (!drain.isEmpty()) {
                assertThat(grace).isGreaterThanOrEqualTo(seconds(drain).plusSeconds(10));
                seen++;
            }
            if (!delay.isEmpty()) {
                assertThat(grace)
                        .isGreaterThanOrEqualTo(
                                seconds(delay).plus(REQUESTS_UNDER_WAY).plusSeconds(5));
                seen++;
            }
        }
        assertThat(seen).isGreaterThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod", "redis-cluster"})
    void everyDeploymentOfOursHasABudgetForDisruptions(String overlay) {
        List<JsonNode> budgets = Manifests.ofKind(overlay, "PodDisruptionBudget");
        for (JsonNode deployment : Manifests.ofKind(overlay, "Deployment")) {
            JsonNode labels =
                    deployment.path("spec").path("template").path("metadata").path("labels");
            if ("penstock".equals(labels.path("app.kubernetes.io/name").asText())) {
                assertThat(budgets.stream()
                                .filter(budget -> selects(budget.path("spec").path("selector"), labels))
                                .count())
                        .as(Manifests.name(deployment))
                        .isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"prod", "redis-cluster"})
    void everyQueueThatShipsIsServedByOneGroup(String overlay) throws IOException {
        List<String> served = groups(overlay)
                .flatMap(deployment -> Stream.of(queues(deployment)))
                .sorted()
                .toList();
        assertThat(served).isEqualTo(List.copyOf(shippedQueues()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"prod", "redis-cluster"})
    void groupsAreScaledByTheStreamsOfTheirQueues(String overlay) {
        List<JsonNode> scaled = Manifests.ofKind(overlay, "ScaledObject");
        assertThat(scaled).hasSize((int) groups(overlay).count());
        for (JsonNode object : scaled) {
            String target =
                    object.path("spec").path("scaleTargetRef").path("name").asText();
            JsonNode deployment = groups(overlay)
                    .filter(each ->
                            target.equals(each.path("metadata").path("name").asText()))
                    .findFirst()
                    .orElseThrow();
            Set<String> streams = Manifests.each(object.path("spec").path("triggers"))
                    .filter(trigger -> trigger.path("type").asText().endsWith("streams"))
                    .peek(trigger -> assertThat(trigger.path("metadata")
                                    .path("consumerGroup")
                                    .asText())
                            .isEqualTo("workers"))
                    .map(trigger -> trigger.path("metadata").path("stream").asText())
                    .collect(Collectors.toSet());
            assertThat(streams)
                    .isEqualTo(Stream.of(queues(deployment))
                            .map(queue -> RedisKeys.ready(queue, 0, Lane.MAIN, 0))
                            .collect(Collectors.toSet()));
            String query = Manifests.each(object.path("spec").path("triggers"))
                    .filter(trigger -> "prometheus".equals(trigger.path("type").asText()))
                    .map(trigger -> trigger.path("metadata").path("query").asText())
                    .findFirst()
                    .orElseThrow();
            assertThat(query)
                    .contains("penstock_queue_oldest_wait_seconds{queue=~\"" + String.join("|", queues(deployment))
                            + "\"}");
            assertThat(object.path("spec").path("maxReplicaCount").asInt()).isBetween(1, 50);
        }
    }

    @Test
    void aClusterIsAskedAsACluster() {
        assertThat(Manifests.ofKind("redis-cluster", "ScaledObject")).allSatisfy(object -> assertThat(
                        Manifests.each(object.path("spec").path("triggers"))
                                .map(trigger -> trigger.path("type").asText())
                                .collect(Collectors.toSet()))
                .isEqualTo(Set.of("redis-cluster-streams", "prometheus")));
        assertThat(Manifests.ofKind("redis-cluster", "ConfigMap")
                        .get(0)
                        .path("data")
                        .path("QUARKUS_REDIS_CLIENT_TYPE")
                        .asText())
                .isEqualTo("cluster");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod", "redis-cluster"})
    void nothingOfOursIsReachedUnlessAPolicySaysSo(String overlay) {
        JsonNode all = Manifests.ofKind(overlay, "NetworkPolicy").stream()
                .filter(policy -> "penstock-default"
                        .equals(policy.path("metadata").path("name").asText()))
                .findFirst()
                .orElseThrow()
                .path("spec");
        assertThat(all.path("policyTypes")).extracting(JsonNode::asText).containsExactlyInAnyOrder("Ingress", "Egress");
        assertThat(all.path("ingress")).isEmpty();
        for (JsonNode pod : Manifests.pods(overlay)) {
            String image = Manifests.container(pod).path("image").asText();
            if (image.contains("penstock-") || image.contains("curl")) {
                assertThat(selects(all.path("podSelector"), pod.path("metadata").path("labels")))
                        .as(image)
                        .isTrue();
            }
        }
    }

    private static Stream<JsonNode> groups(String overlay) {
        return Manifests.ofKind(overlay, "Deployment").stream()
                .filter(deployment -> deployment.path("metadata").path("labels").has("penstock.io/workers"));
    }

    private static String[] queues(JsonNode deployment) {
        return Manifests.variable(deployment.path("spec").path("template"), "PENSTOCK_WORKER_QUEUES")
                .split(",");
    }

    private static Set<String> shippedQueues() throws IOException {
        Properties settings = new Properties();
        try (InputStream file = RedisKeys.class.getResourceAsStream("/META-INF/microprofile-config.properties")) {
            settings.load(file);
        }
        return settings.stringPropertyNames().stream()
                .map(QUEUE::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .filter(queue -> !NOT_IN_PRODUCTION.contains(queue))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean selects(JsonNode selector, JsonNode labels) {
        return selector.path("matchLabels").properties().stream().allMatch(label -> label.getValue()
                .asText()
                .equals(labels.path(label.getKey()).asText()));
    }

    private static Duration seconds(String text) {
        return Duration.parse("PT" + text);
    }
}
