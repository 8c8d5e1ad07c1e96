package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RestartLimitTest {

    private static final Instant START = Instant.parse("2026-11-26T10:00:00Z");

    private final RestartLimit limit = new RestartLimit(new RestartLimit.Rate(3, Duration.ofMinutes(2)));

    @Test
    void endsWhatKeepsDying() {
        assertThat(limit.allowsAfterDeathAt(START)).isTrue();
        assertThat(limit.allowsAfterDeathAt(START.plusSeconds(10))).isTrue();
        assertThat(limit.allowsAfterDeathAt(START.plusSeconds(20))).isTrue();
        assertThat(limit.allowsAfterDeathAt(START.plusSeconds(30))).isFalse();
    }

    @Test
    void bearsWithAnyNumberOfDeathsOverTime() {
        for (int death = 0; death < 50; death++) {
            assertThat(limit.allowsAfterDeathAt(START.plusSeconds(61L * death)))
                    .as("death %d", death)
                    .isTrue();
        }
    }
}
