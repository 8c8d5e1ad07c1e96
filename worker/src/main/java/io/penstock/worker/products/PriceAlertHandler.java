package io.penstock.worker.products;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.products.Anomalies;
import io.penstock.common.products.NewNotification;
import io.penstock.common.products.PriceAlert;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.ProductNotifications;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Puts an anomaly into words, as a notification of its user, with the job that sends it. Once: a second run finds it written. */
@ApplicationScoped
class PriceAlertHandler implements JobHandler<PriceAlert> {

    private final Anomalies anomalies;
    private final ProductNotifications notifications;
    private final Pool pool;

    @Inject
    PriceAlertHandler(Anomalies anomalies, ProductNotifications notifications, Pool pool) {
        this.anomalies = anomalies;
        this.notifications = notifications;
        this.pool = pool;
    }

    @Override
    public JobType<PriceAlert> type() {
        return ProductJobs.PRICE_ALERT;
    }

    @Override
    public Uni<Outcome> handle(PriceAlert payload, JobContext context) {
        return anomalies
                .find(payload.anomalyId())
                .chain(found -> found.isEmpty()
                        // The user tracks the product no more.
                        ? Uni.createFrom().item(Outcome.completed())
                        : pool.withTransaction(transaction -> notifications.add(transaction, words(found.get())))
                                .replaceWith(Outcome.completed()));
    }

    private static NewNotification words(Anomalies.Told told) {
        return new NewNotification(
                told.anomaly().userId(),
                "anomaly:" + told.anomaly().id(),
                "anomaly",
                told.anomaly().id(),
                null,
                AnomalyText.subject(told),
                AnomalyText.body(told));
    }
}
