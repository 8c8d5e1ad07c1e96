package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PrefetchTest {

    private static final Duration REACH = Duration.ofMillis(5);

    @Test
    void claimsWhatIsFreeUntilRunTimesAreKnown() {
        assertThat(new Prefetch(REACH, 1).claim(1)).isEqualTo(1);
    }

    @Test
    void claimsAsManyJobsAsItsSlotsStartWithinTheReach() {
        assertThat(after(Duration.ofMillis(1), 1).claim(1)).isEqualTo(6);
        assertThat(after(Duration.ofMillis(1), 4).claim(2)).isEqualTo(22);
    }

    @Test
    void neverClaimsMoreThanOneFullClaim() {
        assertThat(after(Duration.ZERO, 1).claim(1)).isEqualTo(200);
        assertThat(after(Duration.ZERO, 100).claim(100)).isEqualTo(200);
        assertThat(after(Duration.ZERO, 300).claim(300)).isEqualTo(300);
    }

    @Test
    void doesNotClaimSlowJobsAhead() {
        assertThat(after(Duration.ofMillis(6), 1).claim(1)).isEqualTo(1);
        assertThat(after(Duration.ofHours(1), 10).claim(3)).isEqualTo(3);
    }

    @Test
    void aSlowJobAmongQuickOnesStopsItForSomeTwentyJobs() {
        Prefetch ahead = after(Duration.ofNanos(100_000), 1);
        ahead.ran(Duration.ofSeconds(1));
        assertThat(ahead.claim(1)).isEqualTo(1);

        int quick = 0;
        while (ahead.claim(1) == 1) {
            ahead.ran(Duration.ofNanos(100_000));
            quick++;
        }

        assertThat(quick).isBetween(15, 40);
    }

    @Test
    void claimsNothingAheadWithoutReachOrAfterADisappointment() {
        Prefetch without = new Prefetch(Duration.ZERO, 1);
        without.ran(Duration.ofNanos(1));
        assertThat(without.claim(1)).isEqualTo(1);

        Prefetch wrong = after(Duration.ZERO, 1);
        wrong.disappointed();
        assertThat(wrong.claim(1)).isEqualTo(1);
    }

    private static Prefetch after(Duration run, int capacity) {
        Prefetch ahead = new Prefetch(REACH, capacity);
        ahead.ran(run);
        return ahead;
    }
}
