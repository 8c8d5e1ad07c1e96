package io.penstock.worker.offers;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.offers.ConversionList;
import io.penstock.common.offers.HighFetch;
import io.penstock.common.offers.OfferReading;
import io.penstock.common.offers.OfferStore;
import io.penstock.common.offers.OffersJobs;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;

/**
 * Reads the offers of the conversion list again, group by group, and keeps those on the list that still convert. Each
 * group is stored on its own: a job that is put off in the middle goes on with the groups it has not read.
 */
@ApplicationScoped
class HighFetchHandler implements JobHandler<HighFetch> {

    /** What was done; the result of the job. Counts the groups of the last attempt alone. */
    record Report(int offersRead, int takenOffList) {

        static final Report NOTHING = new Report(0, 0);

        Report plus(Report other) {
            return new Report(offersRead + other.offersRead, takenOffList + other.takenOffList);
        }
    }

    private record Step(boolean last, Report report) {}

    private final ConversionList list;
    private final FeedClient feed;
    private final OfferStore offers;
    private final AlertDispatch alerts;
    private final SkippedOffers skipped;
    private final Pool pool;
    private final OffersConfig config;

    @Inject
    HighFetchHandler(
            ConversionList list,
            FeedClient feed,
            OfferStore offers,
            AlertDispatch alerts,
            SkippedOffers skipped,
            Pool pool,
            OffersConfig config) {
        this.list = list;
        this.feed = feed;
        this.offers = offers;
        this.alerts = alerts;
        this.skipped = skipped;
        this.pool = pool;
        this.config = config;
    }

    @Override
    public JobType<HighFetch> type() {
        return OffersJobs.HIGH_FETCH;
    }

    @Override
    public Uni<Outcome> handle(HighFetch payload, JobContext context) {
        return Multi.createBy()
                .repeating()
                .uni(() -> step(context))
                .whilst(step -> !step.last())
                .collect()
                .in(() -> new Report[] {Report.NOTHING}, (sum, step) -> sum[0] = sum[0].plus(step.report()))
                .call(() -> list.endRound(context.jobId()))
                .eventually(alerts::sendPending)
                .map(sum -> Outcome.completed(sum[0]));
    }

    private Uni<Step> step(JobContext context) {
        if (context.isCancelled()) {
            return Uni.createFrom().failure(new CancellationException("the run is in vain"));
        }
        int size = Math.max(1, Math.min(config.watchGroup(), FeedQuery.LIMIT));
        return list.nextGroup(context.jobId(), size)
                .chain(group -> group.isEmpty()
                        ? Uni.createFrom().item(new Step(true, Report.NOTHING))
                        : read(group, context).map(report -> new Step(false, report)));
    }

    private Uni<Report> read(List<String> group, JobContext context) {
        return feed.ask(FeedQuery.offers(group))
                .invoke(page -> skipped.report("conversion list", page))
                .chain(page -> store(group, page, context));
    }

    /** What was not asked for is not stored: it may be a feed that does not know the filter. */
    private Uni<Report> store(List<String> group, FeedPage page, JobContext context) {
        Set<String> asked = Set.copyOf(group);
        List<OfferReading> readings = page.readings().stream()
                .filter(reading -> asked.contains(reading.offerId()))
                .toList();
        return pool.withTransaction(connection -> offers.save(
                                connection, readings, page.fetchedAt(), OfferStore.Reader.WATCH)
                        .chain(() -> list.replaceGroup(connection, group, kept(readings, page), context.jobId())))
                .map(takenOff -> new Report(readings.size(), takenOff));
    }

    /** An offer that was there but unreadable may well convert: it stays. */
    private static Set<String> kept(List<OfferReading> readings, FeedPage page) {
        Set<String> kept = new HashSet<>();
        readings.stream()
                .filter(reading -> reading.lastConversionSeconds() != null)
                .forEach(reading -> kept.add(reading.offerId()));
        page.unreadable().stream()
                .filter(field -> field.field().equals("last_conv"))
                .forEach(field -> kept.add(field.offerId()));
        for (SkippedOffer offer : page.skipped()) {
            String id = offer.offerId();
            if (id != null && offer.reason() != SkippedOffer.Reason.DUPLICATE_ID) {
                kept.add(id);
            }
        }
        return kept;
    }
}
