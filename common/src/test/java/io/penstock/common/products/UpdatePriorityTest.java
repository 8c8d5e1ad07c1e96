package io.penstock.common.products;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpdatePriorityTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        // plan, read so long ago, active so long ago, priority
        "basic,      PT0S,      ,       1",
        "basic,      PT6H,      ,       1",
        "basic,      PT6H1S,    ,       2",
        "basic,      PT12H,     ,       2",
        "basic,      PT12H1S,   ,       3",
        "basic,      PT24H,     ,       3",
        "basic,      PT24H1S,   ,       4",
        "basic,      ,          ,       4",
        "basic,      PT0S,      PT0S,   3",
        "basic,      PT0S,      PT24H,  3",
        "basic,      PT0S,      PT24H1S, 1",
        "premium,    PT0S,      ,       3",
        "premium,    PT13H,     PT1H,   7",
        "premium,    ,          PT1H,   8",
        "enterprise, PT0S,      ,       5",
        "enterprise, PT7H,      PT1H,   8",
        "enterprise, PT13H,     PT1H,   9",
        "enterprise, PT25H,     PT1H,   10",
        "enterprise, ,          PT1H,   10",
        "enterprise, -PT1H,     -PT1H,  7",
    })
    void isThePlanAndTheStalenessAndTheActivity(String plan, Duration readAgo, Duration activeAgo, int priority) {
        assertThat(UpdatePriority.of(
                        Plan.ofWire(plan).orElseThrow().weight(),
                        readAgo == null ? null : NOW.minus(readAgo),
                        activeAgo == null ? null : NOW.minus(activeAgo),
                        NOW))
                .isEqualTo(priority);
    }

    @ParameterizedTest
    @CsvSource({"7", "50"})
    void isNeverMoreThanTen(int weight) {
        assertThat(UpdatePriority.of(weight, null, NOW, NOW)).isEqualTo(10);
    }
}
