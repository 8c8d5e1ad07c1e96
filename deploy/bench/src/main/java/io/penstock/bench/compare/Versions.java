package io.penstock.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.bench.BenchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What takes part, in which versions: as installed, not as asked for. */
final class Versions {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path peers;

    /** @param peers the directory of the peers' programs */
    Versions(Path peers) {
        this.peers = peers;
    }

    /** In the order in which people want to read them. */
    Map<String, String> all() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("BullMQ", installed("bullmq"));
        versions.put("ioredis", installed("ioredis"));
        versions.put("bee-queue", installed("bee-queue"));
        versions.put("Node", node());
        versions.put("Java", System.getProperty("java.version"));
        return versions;
    }

    private String installed(String name) {
        Path description = peers.resolve("node_modules").resolve(name).resolve("package.json");
        try {
            return JSON.readTree(description.toFile()).path("version").asText();
        } catch (IOException e) {
            throw new BenchException(name + " is not installed in " + peers);
        }
    }

    private static String node() {
        try {
            Process node = new ProcessBuilder("node", "--version").start();
            return new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .replaceFirst("^v", "");
        } catch (IOException e) {
            throw new BenchException("node cannot be started: " + e.getMessage());
        }
    }
}
