package io.penstock.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads the files under test: the overlays as kustomize renders them, and what else lies beside them. */
final class Manifests {

    static final Path HOME = Path.of(System.getProperty("penstock.home"));
    static final Path KUBERNETES = HOME.resolve("deploy/kubernetes");
    static final List<String> OVERLAYS = List.of("dev", "prod", "redis-cluster");
    static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private Manifests() {}

    static Path rendered(String overlay) {
        return KUBERNETES.resolve("rendered").resolve(overlay + ".yaml");
    }

    static List<JsonNode> documents(String overlay) {
        return read(rendered(overlay));
    }

    static List<JsonNode> ofKind(String overlay, String kind) {
        return documents(overlay).stream()
                .filter(document -> kind.equals(document.path("kind").asText()))
                .toList();
    }

    static List<JsonNode> read(Path file) {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
            return documents.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String name(JsonNode document) {
        return document.path("kind").asText() + " "
                + document.path("metadata").path("name").asText();
    }

    /** The pod templates of Deployments and CronJobs. */
    static List<JsonNode> pods(String overlay) {
        List<JsonNode> pods = new ArrayList<>();
        ofKind(overlay, "Deployment").forEach(each -> pods.add(each.path("spec").path("template")));
        ofKind(overlay, "CronJob")
                .forEach(each -> pods.add(
                        each.path("spec").path("jobTemplate").path("spec").path("template")));
        return pods;
    }

    static JsonNode container(JsonNode pod) {
        return pod.path("spec").path("containers").path(0);
    }

    static Stream<JsonNode> each(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    /** Value of an environment variable of the only container; empty where it has none or takes it from elsewhere. */
    static String variable(JsonNode pod, String name) {
        return each(container(pod).path("env"))
                .filter(variable -> name.equals(variable.path("name").asText()))
                .map(variable -> variable.path("value").asText())
                .findFirst()
                .orElse("");
    }
}
