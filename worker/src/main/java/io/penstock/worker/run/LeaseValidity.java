package io.penstock.worker.run;

import java.time.Duration;

/**
 * Until when the leases that one claim loop holds are surely its own: whatever it holds was claimed or renewed by a
 * command that it sent at that time or later, and nobody takes a job over before a lease has passed since. All times are of
 * {@link System#nanoTime()}. Confined to the queue's event loop.
 */
final class LeaseValidity {

    private final long leaseNanos;
    private long provenNanos = System.nanoTime();
    /** The same without the ends that wait to be stored. */
    private long heldNanos = provenNanos;
    /** When the earliest claim was sent that brought jobs since the renewal under way was sent. */
    private long earliestClaimNanos = Long.MAX_VALUE;

    LeaseValidity(Duration lease) {
        leaseNanos = lease.toNanos();
    }

    /** A claim that was sent at this time has brought jobs. It may have been on its way for long. */
    void claimed(long sentNanos) {
        provenNanos = Math.min(provenNanos, sentNanos);
        heldNanos = Math.min(heldNanos, sentNanos);
        earliestClaimNanos = Math.min(earliestClaimNanos, sentNanos);
    }

    /** All that is held is about to be renewed. */
    void renewing() {
        earliestClaimNanos = Long.MAX_VALUE;
    }

    /**
     * What was held at this time is renewed.
     *
     * @param all false where something turned out to be lost: it may be a job whose end waits to be sent, which nobody drops, and
     *     which would be taken for ours as long as this renewal holds
     */
    void renewed(long sentNanos, boolean all) {
        heldNanos = Math.min(sentNanos, earliestClaimNanos);
        if (all) {
            provenNanos = heldNanos;
        }
    }

    /** Whether jobs that are held may begin: false after a standstill, until it is known which of them are another's by now. */
    boolean mayBegin() {
        return System.nanoTime() - heldNanos < leaseNanos;
    }

    /** When the command was sent that proved last that what is held is ours. */
    long heldSinceNanos() {
        return heldNanos;
    }

    /** Until when everything that is held now is surely not another's. */
    long sureUntilNanos() {
        return provenNanos + leaseNanos;
    }
}
