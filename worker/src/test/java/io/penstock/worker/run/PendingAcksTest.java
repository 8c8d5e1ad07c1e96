package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Effect;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a refusal means after earlier tries. */
class PendingAcksTest {

    private static final Duration LONG = Duration.ofHours(1);

    private static PendingAcks.Ticket begin(Duration lease) {
        return new PendingAcks(new LeaseValidity(lease)).begin();
    }

    private static QueueUnavailableException failure(Effect effect) {
        return new QueueUnavailableException("for a test", effect, null);
    }

    @Test
    void anEndWhoseAnswerWasLostWasStoredWhenNobodyElseCanHaveTheJob() {
        PendingAcks.Ticket ticket = begin(LONG);

        ticket.failed(failure(Effect.UNKNOWN));

        assertThat(ticket.storedBefore()).isTrue();
    }

    @Test
    void nothingIsKnownOfAJobWhoseLeaseMayHaveRunOut() {
        PendingAcks.Ticket ticket = begin(Duration.ZERO);

        ticket.failed(failure(Effect.UNKNOWN));

        assertThat(ticket.storedBefore()).isFalse();
    }

    @Test
    void theProofIsTheOneOfTheFirstTry() {
        LeaseValidity validity = new LeaseValidity(Duration.ofNanos(1));
        PendingAcks.Ticket ticket = new PendingAcks(validity).begin();
        validity.renewing();
        validity.renewed(System.nanoTime() + LONG.toNanos(), true);

        ticket.failed(failure(Effect.UNKNOWN));

        assertThat(ticket.storedBefore()).isFalse();
    }

    @Test
    void anEndThatIsRefusedAtOnceWasNotStored() {
        assertThat(begin(LONG).storedBefore()).isFalse();
    }

    @Test
    void aStoreThatSaidNoHasNotStoredIt() {
        PendingAcks.Ticket ticket = begin(LONG);

        ticket.failed(failure(Effect.REFUSED));

        assertThat(ticket.storedBefore()).isFalse();
    }
}
