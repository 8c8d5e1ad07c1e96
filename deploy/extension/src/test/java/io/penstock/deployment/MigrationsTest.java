package io.penstock.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the checksums are Flyway's is seen where programs start on tables that others made. */
class MigrationsTest {

    @Test
    void listsThoseOfPenstock() throws IOException {
        assertThat(Migrations.list("db/migration").lines())
                .hasSizeGreaterThan(30)
                .allMatch(line -> line.matches("\\d+ -?\\d+"))
                .first()
                .asString()
                .startsWith("010 ");
    }

    @Test
    void isEmptyWhereOnlyFlywayKnowsWhatToDo(@TempDir Path root) throws IOException {
        Path place = Files.createDirectories(root.resolve("db/own"));
        Files.writeString(place.resolve("V2__more.sql"), "SELECT 2;\n");
        Files.writeString(place.resolve("V3__most.sql"), "SELECT 3;\n");
        String plain = list("db/own", root);
        Files.writeString(place.resolve("R__views.sql"), "SELECT 1;\n");

        assertThat(plain.lines()).hasSize(2).first().asString().startsWith("2 ");
        assertThat(list("db/own", root)).isEmpty();
        assertThat(list("db/nowhere", root)).isEmpty();
    }

    private static String list(String place, Path root) throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {root.toUri().toURL()}, before)) {
            thread.setContextClassLoader(loader);
            return Migrations.list(place);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
