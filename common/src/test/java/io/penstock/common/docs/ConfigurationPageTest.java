package io.penstock.common.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * {@code deploy/docs/configuration.md} names every setting. Its reference is made from the sources; after a change
 * {@code ./mvnw test -pl common -Dtest=ConfigurationPageTest -Dpenstock.docs.write=true} writes it anew.
 */
class ConfigurationPageTest {

    private static final Path REPOSITORY = Path.of("").toAbsolutePath().getParent();
    private static final Path PAGE = REPOSITORY.resolve("deploy/docs/configuration.md");
    private static final String BEGIN = "<!-- reference: made from the sources -->\n";
    private static final String END = "<!-- end of the reference -->\n";

    private static final Pattern PROPERTY = Pattern.compile("@ConfigProperty\\(name = \"(penstock[^\"]*)\"");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z][A-Z_]+)[:}]");

    @Test
    void theReferenceIsWhatTheSourcesSay() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        String reference = "\n" + ConfigurationReference.of(REPOSITORY);
        if (Boolean.getBoolean("penstock.docs.write")) {
            Files.writeString(PAGE, page.substring(0, begin) + reference + page.substring(page.indexOf(END)));
        }

        assertThat(Files.readString(PAGE).substring(begin)).startsWith(reference + END);
    }

    @Test
    void everySettingIsExplained() throws IOException {
        List<String> unexplained = ConfigurationReference.of(REPOSITORY)
                .lines()
                .filter(line -> line.startsWith("| `penstock") && line.endsWith("|  |"))
                .toList();

        assertThat(unexplained).isEmpty();
    }

    @Test
    void singlePropertiesAndEnvironmentVariablesAreOnThePage() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path source : ConfigurationReference.mainFiles(REPOSITORY)) {
            if (!source.toString().endsWith(".java") && !source.toString().endsWith(".properties")) {
                continue;
            }
            Pattern pattern = source.toString().endsWith(".java") ? PROPERTY : VARIABLE;
            pattern.matcher(Files.readString(source))
                    .results()
                    .map(found -> name(found))
                    .forEach(names::add);
        }

        assertThat(names).contains("penstock.redis.deadline", "REDIS_URL");
        assertThat(names).allSatisfy(name -> assertThat(Files.readString(PAGE)).contains("`" + name + "`"));
    }

    private static String name(MatchResult found) {
        return found.group(1);
    }
}
