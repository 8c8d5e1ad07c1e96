package io.penstock.deployment;

import io.quarkus.runtime.util.ClassPathUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flywaydb.core.internal.resolver.ChecksumCalculator;
import org.flywaydb.core.internal.resource.StringResource;

/** The versioned migrations of a place, with the checksums by which Flyway knows them again. */
final class Migrations {

    private static final Pattern VERSIONED = Pattern.compile("V(\\d+)__\\w+\\.sql");

    private final SortedMap<String, Integer> checksums = new TreeMap<>();
    private boolean plain = true;

    private Migrations() {}

    /**
     * A migration a line: its version, a blank, its checksum. Empty where there is anything else, such as a repeatable migration or a callback:
     * then only Flyway can say whether there is something to do.
     *
     * @param place a directory of the class path
     */
    static String list(String place) throws IOException {
        Migrations found = new Migrations();
        ClassPathUtils.consumeAsPaths(place, found::addAll);
        return found.plain ? found.lines() : "";
    }

    private void addAll(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.filter(Files::isRegularFile).forEach(this::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(Path file) {
        version(file).ifPresentOrElse(version -> checksums.put(version, checksum(file)), () -> plain = false);
    }

    /** As it is written, zeros in front included: so Flyway keeps it. */
    private static Optional<String> version(Path file) {
        Matcher name = VERSIONED.matcher(String.valueOf(file.getFileName()));
        return name.matches() ? Optional.of(name.group(1)) : Optional.empty();
    }

    private static int checksum(Path file) {
        try {
            return ChecksumCalculator.calculate(new StringResource(Files.readString(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String lines() {
        return checksums.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining("\n"));
    }
}
