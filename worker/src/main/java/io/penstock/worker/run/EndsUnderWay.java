package io.penstock.worker.run;

import io.penstock.common.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The ends of jobs that are being stored, each from its first try until it is stored or given up. A slot or a lease waits
 * for each, so that one that stays here holds work up.
 */
final class EndsUnderWay {

    private final Set<Ticket> tickets = ConcurrentHashMap.newKeySet();

    /** One end, or a batch of them. */
    final class Ticket {

        private volatile long sinceNanos = System.nanoTime();

        /** A try failed. Where the store itself said no, waiting is all there is to do, and no sign of trouble here. */
        void failed(Throwable failure) {
            if (QueueUnavailableException.isRefusal(failure)) {
                sinceNanos = System.nanoTime();
            }
        }

        void over() {
            tickets.remove(this);
        }
    }

    Ticket begin() {
        Ticket ticket = new Ticket();
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
