package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Fate;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a refusal means after earlier tries. */
class EndsUnderWayTest {

    private static final Duration LONG = Duration.ofHours(1);

    private static EndsUnderWay.Ticket begin(Duration lease) {
        return new EndsUnderWay(new LeaseProof(lease)).begin();
    }

    private static QueueUnavailableException failure(Fate fate) {
        return new QueueUnavailableException("for a test", fate, null);
    }

    @Test
    void anEndWhoseAnswerWasLostWasStoredWhenNobodyElseCanHaveTheJob() {
        EndsUnderWay.Ticket ticket = begin(LONG);

        ticket.failed(failure(Fate.UNKNOWN));

        assertThat(ticket.storedBefore()).isTrue();
    }

    @Test
    void nothingIsKnownOfAJobWhoseLeaseMayHaveRunOut() {
        EndsUnderWay.Ticket ticket = begin(Duration.ZERO);

        ticket.failed(failure(Fate.UNKNOWN));

        assertThat(ticket.storedBefore()).isFalse();
    }

    @Test
    void theProofIsTheOneOfTheFirstTry() {
        LeaseProof proof = new LeaseProof(Duration.ofNanos(1));
        EndsUnderWay.Ticket ticket = new EndsUnderWay(proof).begin();
        proof.renewing();
        proof.renewed(System.nanoTime() + LONG.toNanos(), true);

        ticket.failed(failure(Fate.UNKNOWN));

        assertThat(ticket.storedBefore()).isFalse();
    }

    @Test
    void anEndThatIsRefusedAtOnceWasNotStored() {
        assertThat(begin(LONG).storedBefore()).isFalse();
    }

    @Test
    void aStoreThatSaidNoHasNotStoredIt() {
        EndsUnderWay.Ticket ticket = begin(LONG);

        ticket.failed(failure(Fate.REFUSED));

        assertThat(ticket.storedBefore()).isFalse();
    }
}
