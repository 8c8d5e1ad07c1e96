package io.penstock.common.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureConfirmationTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final FailureConfirmation suspicion = new FailureConfirmation(Duration.ofSeconds(5));

    @Test
    void needsTwoLooksThatAreFarEnoughApart() {
        assertThat(suspicion.confirmed(List.of("a"), 0)).isEmpty();
        assertThat(suspicion.confirmed(List.of("a"), 4 * SECOND)).isEmpty();
        assertThat(suspicion.confirmed(List.of("a", "b"), 6 * SECOND)).containsExactly("a");
    }

    /** As a process that was stopped finds it, whatever it had seen before. */
    @Test
    void beginsAnewAfterAStandstill() {
        suspicion.confirmed(List.of("a"), 0);

        assertThat(suspicion.confirmed(List.of("a"), 60 * SECOND)).isEmpty();
        assertThat(suspicion.confirmed(List.of("a"), 64 * SECOND)).isEmpty();
        assertThat(suspicion.confirmed(List.of("a"), 66 * SECOND)).containsExactly("a");
    }

    @Test
    void beginsAnewAfterALookThatFoundNothing() {
        suspicion.confirmed(List.of("a"), 0);
        suspicion.confirmed(List.of(), 3 * SECOND);

        assertThat(suspicion.confirmed(List.of("a"), 6 * SECOND)).isEmpty();
        assertThat(suspicion.confirmed(List.of("a"), 12 * SECOND)).containsExactly("a");
    }
}
