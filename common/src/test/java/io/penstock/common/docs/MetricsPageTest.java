package io.penstock.common.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.testing.MetricsPage;
import io.penstock.common.testing.MetricsPage.Kind;
import io.penstock.common.testing.MetricsPage.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * {@code deploy/docs/metrics.md} names every meter of the sources, and no other. Types and labels are compared with what a
 * running process shows, in the tests of the deployables.
 */
class MetricsPageTest {

    private static final Path REPOSITORY = Path.of("").toAbsolutePath().getParent();

    /** Names of meters look like names of settings; those of settings stand behind {@code name =}. */
    private static final Pattern METER = Pattern.compile("(?<!name = )\"(penstock(?:\\.[a-z]+)+)\"");

    /** What the registry may append to the name of a meter: its unit, and what its kind asks for. */
    private static final Map<Kind, Pattern> ENDINGS = Map.of(
            Kind.COUNTER, Pattern.compile("_total"),
            Kind.GAUGE, Pattern.compile("|_seconds|_bytes|_rows"),
            Kind.TIMER, Pattern.compile("_seconds"),
            Kind.HISTOGRAM, Pattern.compile("_seconds"));

    @Test
    void everyMeterOfTheSourcesHasItsRow() throws IOException {
        List<Metric> rows = MetricsPage.of(REPOSITORY).own();

        assertThat(meters()).hasSizeGreaterThan(40).allSatisfy(meter -> assertThat(rows)
                .filteredOn(row -> isOf(row, meter))
                .as("rows of %s", meter)
                .hasSize(1));
    }

    @Test
    void everyRowHasItsMeter() throws IOException {
        Set<String> meters = meters();

        assertThat(MetricsPage.of(REPOSITORY).own()).allSatisfy(row -> assertThat(meters)
                .filteredOn(meter -> isOf(row, meter))
                .as("meters of %s", row.name())
                .hasSize(1));
    }

    @Test
    void everyRowSaysWhoShowsItAndWhatItMeans() throws IOException {
        assertThat(MetricsPage.of(REPOSITORY).own()).allSatisfy(row -> {
            assertThat(row.meaning()).isNotBlank();
            assertThat(row.shownBy()).isNotEmpty().isSubsetOf("api", "worker", "scheduler");
        });
    }

    private static boolean isOf(Metric row, String meter) {
        String name = meter.replace('.', '_');
        return row.name().startsWith(name)
                && ENDINGS.get(row.kind())
                        .matcher(row.name().substring(name.length()))
                        .matches();
    }

    private static Set<String> meters() throws IOException {
        Set<String> meters = new TreeSet<>();
        for (Path source : ConfigurationReference.mainFiles(REPOSITORY)) {
            boolean deployed = source.toString().endsWith(".java") && !source.startsWith(REPOSITORY.resolve("deploy"));
            String text = deployed ? Files.readString(source) : "";
            if (text.contains("import io.micrometer.")) {
                METER.matcher(text).results().map(found -> found.group(1)).forEach(meters::add);
            }
        }
        return meters;
    }
}
