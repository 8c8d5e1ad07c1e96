package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Quarkus prepares each program for a native executable, all but the compilation, for which there is no GraalVM where this runs. It fails where an extension, or a step of
 * ours, cannot be built natively.
 */
@Timeout(300)
class NativeSourcesEndToEnd {

    private static final List<String> PROGRAMS = List.of("api", "worker", "scheduler");

    @Test
    void everyProgramIsPrepared() throws Exception {
        Path home = Path.of(System.getProperty("penstock.home"));
        Path target = home.resolve("deploy/local/target");
        for (String program : PROGRAMS) {
            Published.emptied(sources(home, program));
        }

        Published.in(target.resolve("native-repository"))
                .maven(
                        Duration.ofMinutes(4),
                        target.resolve("native-sources.log"),
                        "-f",
                        home.resolve("pom.xml").toString(),
                        "-pl",
                        String.join(",", PROGRAMS),
                        "-Dquarkus.native.enabled=true",
                        "-Dquarkus.native.sources-only=true",
                        "-Dquarkus.package.jar.enabled=false",
                        "quarkus:build");

        for (String program : PROGRAMS) {
            assertThat(Files.readString(sources(home, program).resolve("native-image.args")))
                    .as(program)
                    .contains("penstock-" + program);
        }
    }

    private static Path sources(Path home, String program) {
        return home.resolve(program).resolve("target/native-sources");
    }
}
