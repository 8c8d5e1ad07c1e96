package io.penstock.worker.offers;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.offers.ConversionList;
import io.penstock.common.offers.ConversionMerge;
import io.penstock.common.offers.OfferRetention;
import io.penstock.common.offers.OffersJobs;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Adds to the conversion list what sweeps found to convert, and deletes what need not be kept any longer. */
@ApplicationScoped
class ConversionMergeHandler implements JobHandler<ConversionMerge> {

    /** What was done; the result of the job. */
    record Report(int offersAdded, long snapshotsDeleted, long alertsDeleted, long sweepsDeleted) {}

    private final ConversionList list;
    private final OfferRetention retention;
    private final AlertDispatch alerts;
    private final OffersConfig config;

    @Inject
    ConversionMergeHandler(ConversionList list, OfferRetention retention, AlertDispatch alerts, OffersConfig config) {
        this.list = list;
        this.retention = retention;
        this.alerts = alerts;
        this.config = config;
    }

    @Override
    public JobType<ConversionMerge> type() {
        return OffersJobs.CONVERSION_MERGE;
    }

    @Override
    public Uni<Outcome> handle(ConversionMerge payload, JobContext context) {
        return list.addSwept()
                .chain(added -> cleanUp(added))
                .call(alerts::sendPending)
                .map(Outcome::completed);
    }

    private Uni<Report> cleanUp(int added) {
        return retention.deleteSnapshotsOlderThan(config.keepSnapshots()).chain(snapshots -> retention
                .deleteAlertsOlderThan(config.keepAlerts())
                .chain(alertsDeleted -> retention
                        .deleteSweepsOlderThan(config.keepSweeps())
                        .map(sweeps -> new Report(added, snapshots, alertsDeleted, sweeps))));
    }
}
