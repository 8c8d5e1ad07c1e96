package io.penstock.worker.offers;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.offers.OfferStatus;
import io.penstock.common.offers.OfferStore;
import io.penstock.common.offers.OffersJobs;
import io.penstock.common.offers.SweepStore;
import io.penstock.worker.batch.ItemContext;
import io.penstock.worker.batch.StoringBatchHandler;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one page of the feed and stores it: its offers, their snapshots and the page itself in one transaction. */
@ApplicationScoped
class PageHandler implements StoringBatchHandler<Integer, FeedPage> {

    private final FeedClient feed;
    private final OfferStore offers;
    private final SweepStore sweeps;
    private final SkippedOffers skipped;

    @Inject
    PageHandler(FeedClient feed, OfferStore offers, SweepStore sweeps, SkippedOffers skipped) {
        this.feed = feed;
        this.offers = offers;
        this.sweeps = sweeps;
        this.skipped = skipped;
    }

    @Override
    public BatchType<Integer> type() {
        return OffersJobs.PAGES;
    }

    /** The same for a feed that has said how far it goes: pages behind that are not asked for. */
    StoringBatchHandler<Integer, FeedPage> upTo(@Nullable Integer lastPage) {
        return lastPage == null ? this : new KnownEnd(this, lastPage);
    }

    private record KnownEnd(PageHandler pages, int lastPage) implements StoringBatchHandler<Integer, FeedPage> {

        @Override
        public BatchType<Integer> type() {
            return pages.type();
        }

        @Override
        public Uni<FeedPage> fetch(Integer page, ItemContext context) {
            return page > lastPage ? Uni.createFrom().nullItem() : pages.fetch(page, context);
        }

        @Override
        public Uni<ItemResult> store(SqlConnection transaction, Integer page, FeedPage answer, ItemContext context) {
            return page > lastPage
                    ? Uni.createFrom().item(ItemResult.skipped("the feed ends with page " + lastPage))
                    : pages.store(transaction, page, answer, context);
        }
    }

    @Override
    public Uni<FeedPage> fetch(Integer page, ItemContext context) {
        Optional<OfferStatus> status =
                OfferStatus.named(context.config().getString("status", OfferStatus.ACTIVE.wire()));
        if (status.isEmpty() || page < 1 || page > OffersJobs.LAST_PAGE) {
            return Uni.createFrom()
                    .failure(new UnrecoverableJobException("a page is a number from 1 to " + OffersJobs.LAST_PAGE
                            + ", config.status " + OfferStatus.WIRE_MESSAGE));
        }
        return feed.ask(FeedQuery.page(status.get().wire(), page));
    }

    @Override
    public Uni<ItemResult> store(SqlConnection transaction, Integer page, FeedPage answer, ItemContext context) {
        Integer totalPages = answer.totalPages();
        Uni<Void> noted = totalPages == null
                ? Uni.createFrom().voidItem()
                : sweeps.feedEndsWith(transaction, context.config().getString("sweep", ""), totalPages);
        if (totalPages != null && page > totalPages) {
            // Some feeds answer with their last page again when asked for one behind it.
            return noted.replaceWith(counting(SweepStore.counted(0, Map.of(), Map.of())));
        }
        skipped.report("page " + page, answer);
        return offers.save(transaction, answer.readings(), answer.fetchedAt(), OfferStore.Reader.SWEEP)
                .chain(() -> noted)
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
