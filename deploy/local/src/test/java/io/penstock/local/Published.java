package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The libraries of this build as another Maven build finds them: in a repository that holds what is published and nothing else of Penstock.
 *
 * @param repository a directory
 */
record Published(Path repository) {

    private static final String VERSION = System.getProperty("penstock.version");
    private static final Path HOME = Path.of(System.getProperty("penstock.home"));
    /** Modules by their directory. */
    private static final List<String> POMS = List.of("", "deploy", "deploy/bom");

    private static final List<String> JARS = List.of("common", "deploy/extension", "api", "worker", "scheduler");

    static Published in(Path directory) throws IOException {
        Path repository = emptied(directory);
        for (String module : POMS) {
            install(module, "", ".pom", repository);
        }
        for (String module : JARS) {
            install(module, "", ".pom", repository);
            install(module, "", ".jar", repository);
        }
        install("common", "-tests", ".jar", repository);
        return new Published(repository);
    }

    /** Runs Maven offline, so that nothing comes from elsewhere. What is not Penstock's comes from the repository of this build. Fails where Maven does. */
    void maven(Duration patience, Path log, String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                System.getProperty("maven.home") + "/bin/mvn",
                "-B",
                "-o",
                "-T1",
                "-DargLine=-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
                "-Dmaven.repo.local=" + repository,
                "-Dmaven.repo.local.tail=" + repositoriesOfThisBuild()));
        words.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().remove("MAVEN_PROJECTBASEDIR");
        builder.environment().remove("MAVEN_CMD_LINE_ARGS");
        Process maven = builder.start();
        boolean ended = maven.waitFor(patience.toSeconds(), TimeUnit.SECONDS);
        maven.descendants().forEach(ProcessHandle::destroyForcibly);
        maven.destroyForcibly();
        assertThat(ended).as("ended; see %s", log).isTrue();
        assertThat(maven.exitValue()).as("see %s: %s", log, errors(log)).isZero();
    }

    /** The directory, made where it was not there, without what was in it. */
    static Path emptied(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> all = Files.walk(directory)) {
                all.sorted((a, b) -> b.compareTo(a)).map(Path::toFile).forEach(File::delete);
            }
        }
        return Files.createDirectories(directory);
    }

    private static void install(String module, String classifier, String extension, Path repository)
            throws IOException {
        Path directory = HOME.resolve(module);
        String artifact = artifactOf(directory.resolve("pom.xml"));
        String name = artifact + "-" + VERSION + classifier + extension;
        Path place = Files.createDirectories(
                repository.resolve("io/penstock").resolve(artifact).resolve(VERSION));
        Path built = extension.equals(".pom")
                ? directory.resolve("pom.xml")
                : directory.resolve("target").resolve(name);
        Files.copy(built, place.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Its own name stands first in the root's POM, second where a parent is named before. */
    private static String artifactOf(Path pom) throws IOException {
        String text = Files.readString(pom);
        int parentEnd = text.indexOf("</parent>");
        int begin = text.indexOf("<artifactId>", Math.max(parentEnd, 0)) + "<artifactId>".length();
        return text.substring(begin, text.indexOf('<', begin));
    }

    private static String repositoriesOfThisBuild() {
        return Stream.of("penstock.maven.repository", "penstock.maven.repository.tail")
                .map(System::getProperty)
                .filter(value -> value != null && !value.isEmpty() && !value.startsWith("$"))
                .collect(Collectors.joining(","));
    }

    private static String errors(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("ERROR")).limit(20).collect(Collectors.joining("\n"));
        }
    }
}
