package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Fate;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a worker that stood still for longer than its leases may believe of ends that the store refuses. */
class LeaseProofTest {

    private static final Duration LEASE = Duration.ofMinutes(1);

    private final LeaseProof proof = new LeaseProof(LEASE);
    private final EndsUnderWay ends = new EndsUnderWay(proof);

    /** An end is sent, its answer is cut off, and the second try is refused. */
    private boolean isTakenForStored() {
        EndsUnderWay.Ticket ticket = ends.begin();
        ticket.failed(new QueueUnavailableException("cut off", Fate.UNKNOWN, null));
        return ticket.storedBefore();
    }

    private void standStillBeyondTheLease() {
        proof.claimed(System.nanoTime() - LEASE.toNanos() - TimeUnit.SECONDS.toNanos(1));
    }

    private void renew(boolean all) {
        proof.renewing();
        proof.renewed(System.nanoTime(), all);
    }

    @Test
    void anEndWithinTheLeaseWasStoredBefore() {
        assertThat(isTakenForStored()).isTrue();
    }

    @Test
    void anEndBeyondTheLeaseIsAnothersUntilItIsRenewed() {
        standStillBeyondTheLease();
        assertThat(isTakenForStored()).isFalse();

        renew(true);
        assertThat(isTakenForStored()).isTrue();
    }

    /** The lost job may be the very one whose end waits to be sent. */
    @Test
    void aRenewalThatFindsAJobLostProvesNothing() {
        standStillBeyondTheLease();
        renew(false);
        assertThat(isTakenForStored()).isFalse();

        renew(true);
        assertThat(isTakenForStored()).isTrue();
    }
}
