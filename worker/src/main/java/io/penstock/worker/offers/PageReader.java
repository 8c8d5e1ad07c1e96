package io.penstock.worker.offers;

import io.penstock.common.job.SnoozeException;
import io.penstock.common.offers.FullChunk;
import io.penstock.common.offers.OfferStore;
import io.penstock.common.offers.SweepStore;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;

/** Reads one page of a sweep and stores it: its offers, their snapshots and the page itself in one transaction. */
@ApplicationScoped
class PageReader {

    private final FeedClient feed;
    private final OfferStore offers;
    private final SweepStore sweeps;
    private final SkippedOffers skipped;
    private final Pool pool;

    @Inject
    PageReader(FeedClient feed, OfferStore offers, SweepStore sweeps, SkippedOffers skipped, Pool pool) {
        this.feed = feed;
        this.offers = offers;
        this.sweeps = sweeps;
        this.skipped = skipped;
        this.pool = pool;
    }

    /** Never fails: a failure is a result, so that the other pages of the chunk are read. */
    Uni<PageResult> read(FullChunk chunk, int page) {
        return feed.ask(FeedQuery.page(chunk.status(), page))
                .chain(answer -> store(chunk.sweepId(), page, answer))
                .onFailure(SnoozeException.class)
                .recoverWithItem(e -> PageResult.snooze(page, e))
                .onFailure()
                .recoverWithItem(e -> PageResult.failed(page, e));
    }

    private Uni<PageResult> store(String sweepId, int page, FeedPage answer) {
        if (isBehindEnd(page, answer)) {
            return pool.withTransaction(connection ->
                            sweeps.pageDone(connection, sweepId, page, 0, Map.of(), Map.of(), answer.totalPages()))
                    .replaceWith(PageResult.arrived(page, 0));
        }
        skipped.report("page " + page, answer);
        int count = answer.readings().size();
        return pool.withTransaction(connection -> offers.save(
                                connection, answer.readings(), answer.fetchedAt(), OfferStore.Reader.SWEEP)
                        .chain(() -> sweeps.pageDone(
                                connection,
                                sweepId,
                                page,
                                count,
                                answer.skippedByReason(),
                                answer.unreadableByField(),
                                answer.totalPages())))
                .replaceWith(PageResult.arrived(page, count));
    }

    /** Some feeds answer with their last page again when asked for one behind it. */
    private static boolean isBehindEnd(int page, FeedPage answer) {
        Integer totalPages = answer.totalPages();
        return totalPages != null && page > totalPages;
    }
}
