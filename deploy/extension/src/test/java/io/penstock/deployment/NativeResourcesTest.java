package io.penstock.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A file that no glob covers would be missing from a native executable, and nobody would know before it is asked for. */
class NativeResourcesTest {

    private static final Path HOME = Path.of("../..");
    private static final List<String> MODULES = List.of("common", "api", "worker", "scheduler");

    /** What Quarkus itself reads, while it builds or from where it registers it. */
    private static final List<String> OF_QUARKUS = List.of(
            "application.properties", "META-INF/microprofile-config.properties", "META-INF/services/*", "templates/**");

    @Test
    void everyResourceOfAModuleIsTakenAlong() {
        List<PathMatcher> covered = Stream.concat(NativeResources.GLOBS.stream(), OF_QUARKUS.stream())
                .map(NativeResourcesTest::glob)
                .toList();
        Map<String, Set<String>> left = new TreeMap<>();
        int seen = 0;
        for (String module : MODULES) {
            for (String resource : resources(module)) {
                seen++;
                if (covered.stream().noneMatch(glob -> glob.matches(Path.of(resource)))) {
                    left.computeIfAbsent(module, first -> new TreeSet<>()).add(resource);
                }
            }
        }

        assertThat(left).isEmpty();
        assertThat(seen).as("files that were looked at").isGreaterThan(100);
    }

    @Test
    void everyGlobCoversSomething() {
        List<String> all =
                MODULES.stream().flatMap(module -> resources(module).stream()).toList();

        assertThat(NativeResources.GLOBS.stream().filter(glob -> !glob.startsWith("META-INF/resources/")))
                .allSatisfy(glob -> assertThat(all).anyMatch(file -> glob(glob).matches(Path.of(file))));
    }

    private static PathMatcher glob(String glob) {
        return FileSystems.getDefault().getPathMatcher("glob:" + glob);
    }

    private static List<String> resources(String module) {
        Path root = HOME.resolve(module).resolve("src/main/resources");
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString().replace('\\', '/'))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
