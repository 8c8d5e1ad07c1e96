package io.penstock.worker.offers;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.offers.OfferStatus;
import io.penstock.common.offers.OfferStore;
import io.penstock.common.offers.OffersJobs;
import io.penstock.common.offers.SweepStore;
import io.penstock.worker.batch.BatchHandler;
import io.penstock.worker.batch.ItemContext;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one page of the feed and stores its offers and their snapshots in one transaction. A page that is read twice is stored twice. */
@ApplicationScoped
class PageHandler implements BatchHandler<Integer> {

    private final FeedClient feed;
    private final OfferStore offers;
    private final SweepStore sweeps;
    private final SkippedOffers skipped;
    private final Pool pool;

    @Inject
    PageHandler(FeedClient feed, OfferStore offers, SweepStore sweeps, SkippedOffers skipped, Pool pool) {
        this.feed = feed;
        this.offers = offers;
        this.sweeps = sweeps;
        this.skipped = skipped;
        this.pool = pool;
    }

    @Override
    public BatchType<Integer> type() {
        return OffersJobs.PAGES;
    }

    /** The same for a feed that has said how far it goes: pages behind that are not asked for. */
    BatchHandler<Integer> upTo(@Nullable Integer lastPage) {
        PageHandler all = this;
        return lastPage == null
                ? all
                : new BatchHandler<>() {
                    @Override
                    public BatchType<Integer> type() {
                        return all.type();
                    }

                    @Override
                    public Uni<ItemResult> handle(Integer page, ItemContext context) {
                        return page > lastPage
                                ? Uni.createFrom().item(ItemResult.skipped("the feed ends with page " + lastPage))
                                : all.handle(page, context);
                    }
                };
    }

    @Override
    public Uni<ItemResult> handle(Integer page, ItemContext context) {
        Optional<OfferStatus> status =
                OfferStatus.named(context.config().getString("status", OfferStatus.ACTIVE.wire()));
        if (status.isEmpty() || page < 1 || page > OffersJobs.LAST_PAGE) {
            return Uni.createFrom()
                    .item(ItemResult.failed("a page is a number from 1 to " + OffersJobs.LAST_PAGE + ", config.status "
                            + OfferStatus.WIRE_MESSAGE));
        }
        return feed.ask(FeedQuery.page(status.get().wire(), page))
                .chain(answer -> store(context.config().getString("sweep", ""), page, answer));
    }

    private Uni<ItemResult> store(String sweepId, int page, FeedPage answer) {
        Integer totalPages = answer.totalPages();
        if (totalPages != null && page > totalPages) {
            // Some feeds answer with their last page again when asked for one behind it.
            return pool.withTransaction(connection -> sweeps.feedEndsWith(connection, sweepId, totalPages))
                    .replaceWith(counting(SweepStore.counted(0, Map.of(), Map.of())));
        }
        skipped.report("page " + page, answer);
        return pool.withTransaction(connection -> offers.save(
                                connection, answer.readings(), answer.fetchedAt(), OfferStore.Reader.SWEEP)
                        .chain(() -> totalPages == null
                                ? Uni.createFrom().voidItem()
                                : sweeps.feedEndsWith(connection, sweepId, totalPages)))
                .replaceWith(counting(SweepStore.counted(
                        answer.readings().size(), answer.skippedByReason(), answer.unreadableByField())));
    }

    private static ItemResult counting(Map<String, Long> counts) {
        ItemResult result = ItemResult.completed();
        for (Map.Entry<String, Long> counted : counts.entrySet()) {
            result = result.counting(counted.getKey(), counted.getValue());
        }
        return result;
    }
}
