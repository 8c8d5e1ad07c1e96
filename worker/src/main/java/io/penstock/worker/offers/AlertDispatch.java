package io.penstock.worker.offers;

import io.penstock.common.job.JobOptions;
import io.penstock.common.offers.OfferAlertStore;
import io.penstock.common.offers.OffersJobs;
import io.penstock.common.offers.SendAlerts;
import io.penstock.common.queue.JobEnqueuer;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.jboss.logging.Logger;

/**
 * Sees to it that pending alerts are sent, by a job of their own: what mail does never matters to those who raise alerts.
 *
 * <p>The alert itself is stored with the change that raised it. This call may fail or never be made, because a worker
 * died; the next one makes up for it.
 */
@ApplicationScoped
class AlertDispatch {

    private static final Logger LOG = Logger.getLogger(AlertDispatch.class);

    private final OfferAlertStore alerts;
    private final JobEnqueuer enqueuer;

    @Inject
    AlertDispatch(OfferAlertStore alerts, JobEnqueuer enqueuer) {
        this.alerts = alerts;
        this.enqueuer = enqueuer;
    }

    /** Enqueues a sending job if there is something to send. Never fails. */
    Uni<Void> sendPending() {
        return alerts.latestPending()
                .chain(latest -> latest.isEmpty() ? Uni.createFrom().voidItem() : enqueue(latest.getAsLong()))
                .onFailure()
                .invoke(e ->
                        LOG.warnf("Pending alerts are not sent now, the next read of the feed will see to it: %s", e))
                .onFailure()
                .recoverWithNull();
    }

    /** One job per newest alert: a job that is about to end does not swallow the wish to send a newer one. */
    private Uni<Void> enqueue(long latest) {
        return enqueuer.enqueue(
                        OffersJobs.SEND_ALERTS, new SendAlerts(), JobOptions.DEFAULT.withId("offer-alerts-" + latest))
                .replaceWithVoid();
    }
}
