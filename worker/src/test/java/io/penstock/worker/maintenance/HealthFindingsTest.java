package io.penstock.worker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import io.penstock.common.maintenance.HealthReport;
import io.penstock.common.maintenance.HealthReport.Part;
import io.penstock.common.maintenance.HealthReport.Status;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthFindingsTest {

    private static HealthReport report(String name, Status status) {
        return new HealthReport(Instant.EPOCH, List.of(new Part(name, status, "does not answer", 1)), Map.of());
    }

    /** What is told of a part that was found so and is found so now: wrong, well or nothing. */
    @ParameterizedTest
    @CsvSource({
        "redis,        UP,       DOWN,     wrong",
        "redis,        DOWN,     UP,       ",
        "redis,        UP,       UP,       well",
        "redis,        DEGRADED, DEGRADED, well",
        "postgresql,   DOWN,     DOWN,     wrong",
        "object-store, UP,       DEGRADED, wrong",
        "object-store, DEGRADED, UP,       ",
        "object-store, UP,       UP,       well",
        "queue/orders, UP,       DOWN,     wrong",
        "queue/orders, DOWN,     UP,       well",
    })
    void tellsWhatFailedAtOnceAndWhatIsWellAfterTwoChecks(String name, Status before, Status now, String told) {
        List<Finding> findings = HealthFindings.of(report(name, now), Optional.of(report(name, before)));

        assertThat(findings)
                .extracting(finding -> finding.wrong() ? "wrong" : "well")
                .isEqualTo(told == null ? List.of() : List.of(told));
    }

    @Test
    void onlyWhatIsDownIsCritical() {
        assertThat(HealthFindings.of(report("redis", Status.DOWN), Optional.empty()))
                .containsExactly(Finding.wrong("health/redis", Severity.CRITICAL, "redis does not answer"));
        assertThat(HealthFindings.of(report("language-model", Status.DEGRADED), Optional.empty()))
                .containsExactly(
                        Finding.wrong("health/language-model", Severity.WARNING, "language-model does not answer"));
    }
}
