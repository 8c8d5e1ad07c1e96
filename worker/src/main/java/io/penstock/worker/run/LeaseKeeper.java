package io.penstock.worker.run;

import io.penstock.common.queue.ClaimedJob;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Renews the leases of all jobs a claim loop answers for, three times within a lease, so that one lost renewal does
 * no harm. Jobs that turn out to be lost are dropped. Confined to the queue's event loop.
 */
final class LeaseKeeper {

    private static final Logger LOG = Logger.getLogger(LeaseKeeper.class);

    private final ClaimLoop loop;
    private final Heartbeat heartbeat = new Heartbeat("renewing leases");
    private final LeaseValidity validity;
    private boolean renewing;
    /** As it was at the last look: scrapes read it from other threads, and a loop that stands still shows an age that grows. */
    private volatile long heldSinceNanos = System.nanoTime();

    private volatile boolean holding;

    LeaseKeeper(ClaimLoop loop, LeaseValidity validity) {
        this.loop = loop;
        this.validity = validity;
    }

    Heartbeat heartbeat() {
        return heartbeat;
    }

    /** To be called now and then on the event loop: between renewals there is nothing to do. */
    void beatWhileIdle() {
        if (!renewing) {
            heartbeat.well();
        }
        heldSinceNanos = validity.heldSinceNanos();
        holding = loop.holdsLeases();
    }

    /** How long ago the command was sent that renewed the leases held now; zero where none is held. From any thread. */
    Duration leaseAge() {
        return holding ? Duration.ofNanos(Math.max(0, System.nanoTime() - heldSinceNanos)) : Duration.ZERO;
    }

    /** One renewal of everything; does nothing while the last one is under way. */
    void renewAll(Consumer<Runnable> onLoop) {
        if (renewing) {
            return;
        }
        long sent = System.nanoTime();
        validity.renewing();
        List<ClaimedJob> jobs = loop.leased();
        if (jobs.isEmpty()) {
            validity.renewed(sent, true);
            return;
        }
        renewing = true;
        Uni<Set<ClaimedJob>> renewal =
                Uni.createFrom().deferred(() -> loop.consumer().renew(jobs));
        renewal.subscribe()
                .with(
                        lost -> onLoop.accept(() -> {
                            renewing = false;
                            loop.dropLost(lost);
                            validity.renewed(sent, lost.isEmpty());
                            loop.leasesRenewed();
                        }),
                        failure -> onLoop.accept(() -> {
                            renewing = false;
                            LOG.warnf(
                                    "queue %s: %d leases were not renewed, trying again soon: %s",
                                    loop.consumer().policy().queue(), jobs.size(), failure.getMessage());
                        }));
    }
}
