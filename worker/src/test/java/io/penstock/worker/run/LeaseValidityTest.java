package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseValidityTest {

    private static final long LEASE = 1_000;

    private final LeaseValidity validity = new LeaseValidity(Duration.ofNanos(LEASE));

    @Test
    void isSureForALeaseAfterARenewalWasSent() {
        renewed(5_000);
        assertThat(validity.sureUntilNanos()).isEqualTo(5_000 + LEASE);

        renewed(5_300);
        assertThat(validity.sureUntilNanos()).isEqualTo(5_300 + LEASE);
    }

    @Test
    void whatAClaimBringsIsSureForALeaseAfterItWasSentHoweverLongItWasOnItsWay() {
        renewed(5_000);

        validity.claimed(4_200);
        validity.claimed(5_100);

        assertThat(validity.sureUntilNanos()).isEqualTo(4_200 + LEASE);
    }

    @Test
    void aRenewalDoesNotRenewWhatCameWhileItWasUnderWay() {
        validity.renewing();
        validity.claimed(4_800);
        validity.claimed(4_900);
        validity.renewed(5_000, true);

        assertThat(validity.sureUntilNanos()).isEqualTo(4_800 + LEASE);
    }

    @Test
    void theNextRenewalDoes() {
        validity.renewing();
        validity.claimed(4_900);
        validity.renewed(5_000, true);

        renewed(5_300);

        assertThat(validity.sureUntilNanos()).isEqualTo(5_300 + LEASE);
    }

    @Test
    void aRenewalThatFailsProvesNothing() {
        renewed(5_000);

        validity.renewing();

        assertThat(validity.sureUntilNanos()).isEqualTo(5_000 + LEASE);
    }

    /** The lost job may be the very one whose end waits to be sent, which nobody drops. */
    @Test
    void aRenewalThatFindsAJobLostProvesNothing() {
        renewed(5_000);

        validity.renewing();
        validity.renewed(5_900, false);
        assertThat(validity.sureUntilNanos()).isEqualTo(5_000 + LEASE);

        renewed(6_300);
        assertThat(validity.sureUntilNanos()).isEqualTo(6_300 + LEASE);
    }

    @Test
    void isSureForALeaseFromTheStartBeforeAnythingIsHeld() {
        assertThat(validity.sureUntilNanos()).isLessThanOrEqualTo(System.nanoTime() + LEASE);
    }

    @Test
    void aJobBeginsOnlyWithinALeaseOfTheRenewalOrTheClaimThatBroughtIt() {
        LeaseValidity minutes = new LeaseValidity(Duration.ofMinutes(1));
        long now = System.nanoTime();
        long before = now - Duration.ofSeconds(61).toNanos();
        assertThat(minutes.mayBegin()).isTrue();

        minutes.claimed(before);
        assertThat(minutes.mayBegin()).isFalse();

        minutes.renewing();
        minutes.renewed(now, true);
        assertThat(minutes.mayBegin()).isTrue();
    }

    /** What is lost is dropped, so that all that is left is ours. */
    @Test
    void aJobBeginsAfterARenewalThatFoundAnotherOneLost() {
        LeaseValidity minutes = new LeaseValidity(Duration.ofMinutes(1));
        minutes.claimed(System.nanoTime() - Duration.ofSeconds(61).toNanos());

        minutes.renewing();
        minutes.renewed(System.nanoTime(), false);

        assertThat(minutes.mayBegin()).isTrue();
    }

    private void renewed(long sent) {
        validity.renewing();
        validity.renewed(sent, true);
    }
}
