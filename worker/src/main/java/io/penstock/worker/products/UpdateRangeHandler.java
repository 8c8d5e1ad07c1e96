package io.penstock.worker.products;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.products.Items;
import io.penstock.common.products.ProductBatches;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.ProductsConfig;
import io.penstock.common.products.Sweeps;
import io.penstock.common.products.UpdateRange;
import io.penstock.worker.batch.BatchHandler;
import io.penstock.worker.batch.ItemContext;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;

/** Reads those products of a range that are still due when its turn comes. */
@ApplicationScoped
class UpdateRangeHandler implements BatchHandler<UpdateRange> {

    private final Items items;
    private final ProductReader reader;
    private final ProductsConfig config;
    private final ScraperConfig scraper;
    private final InstantSource clock = InstantSource.system();

    @Inject
    UpdateRangeHandler(Items items, ProductReader reader, ProductsConfig config, ScraperConfig scraper) {
        this.items = items;
        this.reader = reader;
        this.config = config;
        this.scraper = scraper;
    }

    @Override
    public BatchType<UpdateRange> type() {
        return ProductBatches.UPDATES;
    }

    @Override
    public Uni<ItemResult> handle(UpdateRange range, ItemContext context) {
        Instant checkedBefore = clock.instant().minus(config.batchFreshness());
        String by = "batch " + context.batchId() + " " + range.from();
        return items.dueInRange(
                        range.from(),
                        range.to(),
                        checkedBefore,
                        Sweeps.of(range.frequency()),
                        ProductJobs.UPDATES_AT_ONCE)
                .chain(ids -> ids.isEmpty()
                        ? Uni.createFrom().item(ItemResult.skipped("all of them were read meanwhile"))
                        : reader.puttingOff(reader.read(ids, by, checkedBefore)).map(this::result));
    }

    private ItemResult result(ProductReader.Done done) {
        if (done.again()) {
            throw new SnoozeException(scraper.blockedPause(), "pages for robots came instead of products");
        }
        ProductReader.Report report = done.report();
        return ItemResult.completed()
                .counting("read", report.read())
                .counting("fresh", report.fresh())
                .counting("missing", report.missing())
                .counting("blocked", report.blocked())
                .counting("inRuns", report.inRuns())
                .counting("anomalies", report.anomalies());
    }
}
