package io.penstock.common.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

    @Test
    void pausesGrowToTheCapAndAreSpread() {
        Backoff backoff = Backoff.ofMillis(100, 5_000);

        assertThat(backoff.pause(1)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
        assertThat(backoff.pause(3)).isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
        assertThat(backoff.pause(1_000_000)).isBetween(Duration.ofMillis(2_500), Duration.ofMillis(5_000));
        assertThat(Backoff.jittered(Duration.ofMillis(100))).isBetween(Duration.ofMillis(75), Duration.ofMillis(100));
        assertThat(Backoff.jittered(Duration.ZERO)).isZero();
    }

    @Test
    void refusesPausesThatAreNone() {
        assertThatThrownBy(() -> Backoff.ofMillis(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Backoff.ofMillis(2, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
