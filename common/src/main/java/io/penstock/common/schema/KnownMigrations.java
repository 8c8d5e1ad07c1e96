package io.penstock.common.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The migrations that this build brings along, with the checksums that Flyway gives them. The build of an application writes them into {@link
 * #RESOURCE}; an empty one, or none, says that only Flyway can tell.
 */
public final class KnownMigrations {

    /** A resource of the built application: a migration a line, its version, a blank, its checksum. */
    public static final String RESOURCE = "META-INF/penstock/migrations.txt";

    /** A row of Flyway's own table. Version and checksum are null for what is no versioned migration. */
    record Applied(@Nullable String version, @Nullable Integer checksum, boolean success) {}

    private final Map<String, Integer> checksums;

    private KnownMigrations(Map<String, Integer> checksums) {
        this.checksums = checksums;
    }

    static KnownMigrations ofThisBuild() {
        try (InputStream list = Thread.currentThread().getContextClassLoader().getResourceAsStream(RESOURCE)) {
            return parse(list == null ? "" : new String(list.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static KnownMigrations parse(String lines) {
        return new KnownMigrations(lines.lines()
                .map(line -> line.split(" ", 2))
                .collect(Collectors.toUnmodifiableMap(part -> part[0], part -> Integer.valueOf(part[1]))));
    }

    boolean isEmpty() {
        return checksums.isEmpty();
    }

    /** Whether a database has all of them as they are here, and nothing failed. What it has besides is of a later build, which only adds. */
    boolean areAllAmong(List<Applied> rows) {
        Map<@Nullable String, @Nullable Integer> applied = new HashMap<>();
        for (Applied row : rows) {
            if (!row.success()) {
                return false;
            }
            applied.put(row.version(), row.checksum());
        }
        return !isEmpty() && applied.entrySet().containsAll(checksums.entrySet());
    }
}
