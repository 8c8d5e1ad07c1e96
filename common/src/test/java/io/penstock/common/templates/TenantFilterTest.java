package io.penstock.common.templates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No statement about templates reaches another tenant's rows: each names the tenant for each table that it reads or writes. */
class TenantFilterTest {

    private static final Path SOURCES = Path.of("src/main/java/io/penstock/common/templates");

    private static final Pattern TEXTS =
            Pattern.compile("\"\"\"(.*?)\"\"\"|\"((?:[^\"\\\\\\n]|\\\\.)*)\"", Pattern.DOTALL);
    private static final Pattern TABLES = Pattern.compile("\\b(?:FROM|JOIN|UPDATE|INTO)\\s+course\\w*");
    private static final Pattern TENANTS = Pattern.compile("\\btenant\\b");

    /** Put together at run time, and looked at below. */
    private static final String SEARCH = "TemplateSearch.java";

    /** Drops what is too old, of all tenants. */
    private static final String PRUNING = "made_at < $1";

    @Test
    void everyStatementNamesTheTenantOfEachOfItsTables() throws IOException {
        List<String> statements = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            files.filter(file -> file.toString().endsWith(".java") && !file.endsWith(SEARCH))
                    .forEach(file -> statements.addAll(statements(file)));
        }

        assertThat(statements).hasSizeGreaterThan(30);
        assertThat(statements)
                .filteredOn(statement -> !statement.contains(PRUNING))
                .allSatisfy(statement ->
                        assertThat(count(TENANTS, statement)).isGreaterThanOrEqualTo(count(TABLES, statement)));
    }

    private static List<String> statements(Path file) {
        try {
            List<String> statements = new ArrayList<>();
            Matcher text = TEXTS.matcher(Files.readString(file));
            while (text.find()) {
                String found = text.group(1) == null ? text.group(2) : text.group(1);
                if (TABLES.matcher(found).find()) {
                    statements.add(found);
                }
            }
            return statements;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long count(Pattern pattern, String text) {
        return pattern.matcher(text).results().count();
    }

    @ParameterizedTest
    @EnumSource(TemplateSort.class)
    void soDoesEverySearch(TemplateSort sort) {
        TemplateQuery everything = new TemplateQuery(
                "mine",
                "draft",
                UUID.randomUUID(),
                "base",
                "expert",
                "text",
                List.of("a", "b"),
                BigDecimal.ONE,
                BigDecimal.TEN,
                1,
                2,
                "me",
                true,
                sort,
                true,
                null,
                10);
        TemplateQuery nothing = new TemplateQuery(
                "mine", null, null, null, null, null, List.of(), null, null, null, null, null, false, sort, false, null,
                10);
        for (TemplateQuery query : List.of(everything, nothing)) {
            for (TemplateSearch.Statement statement :
                    List.of(TemplateSearch.rows(query), TemplateSearch.count(query))) {
                assertThat(statement.text()).contains("WHERE t.tenant = $1");
                assertThat(statement.parameters().getValue(0)).isEqualTo("mine");
                assertThat(count(TENANTS, statement.text()))
                        .as(statement.text())
                        .isGreaterThanOrEqualTo(count(TABLES, statement.text()));
            }
        }
    }
}
