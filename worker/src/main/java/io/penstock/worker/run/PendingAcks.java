package io.penstock.worker.run;

import io.penstock.common.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The ends of jobs that are being stored, each from its first try until it is stored or given up. A slot or a lease waits
 * for each, so that one that stays here holds work up.
 */
final class PendingAcks {

    private final Set<Ticket> tickets = ConcurrentHashMap.newKeySet();
    private final LeaseValidity validity;

    PendingAcks(LeaseValidity validity) {
        this.validity = validity;
    }

    /** One end, or a batch of them. */
    final class Ticket {

        private final long sureUntilNanos;
        private volatile long sinceNanos = System.nanoTime();
        private volatile boolean inDoubt;

        private Ticket(long sureUntilNanos, boolean inDoubt) {
            this.sureUntilNanos = sureUntilNanos;
            this.inDoubt = inDoubt;
        }

        /** A try failed. Where the store itself said no, waiting is all there is to do, and no sign of trouble here. */
        void failed(Throwable failure) {
            if (QueueUnavailableException.isRefusal(failure)) {
                sinceNanos = System.nanoTime();
            } else {
                inDoubt = true;
            }
        }

        /**
         * Whether an end that the store refuses now was stored by an earlier try whose answer was lost: it was ours when we
         * began, and nobody else can have had it since.
         */
        boolean storedBefore() {
            return inDoubt && System.nanoTime() - sureUntilNanos < 0;
        }

        void over() {
            tickets.remove(this);
        }
    }

    Ticket begin() {
        return add(new Ticket(validity.sureUntilNanos(), false));
    }

    /** Another try, made in another way: what the first ones left in doubt still is. */
    Ticket beginAgain(Ticket first) {
        return add(new Ticket(first.sureUntilNanos, first.inDoubt));
    }

    private Ticket add(Ticket ticket) {
        tickets.add(ticket);
        return ticket;
    }

    /** How long the oldest has waited; zero when there is none. */
    Duration longest() {
        long now = System.nanoTime();
        return Duration.ofNanos(tickets.stream()
                .mapToLong(ticket -> now - ticket.sinceNanos)
                .max()
                .orElse(0));
    }
}
