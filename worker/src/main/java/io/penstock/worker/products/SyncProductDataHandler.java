package io.penstock.worker.products;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.products.Items;
import io.penstock.common.products.Marketplace;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.ProductsConfig;
import io.penstock.common.products.SyncProductData;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Reads one product now. */
@ApplicationScoped
class SyncProductDataHandler implements JobHandler<SyncProductData> {

    private final Items items;
    private final ProductReader reader;
    private final ProductsConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    SyncProductDataHandler(Items items, ProductReader reader, ProductsConfig config) {
        this.items = items;
        this.reader = reader;
        this.config = config;
    }

    @Override
    public JobType<SyncProductData> type() {
        return ProductJobs.SYNC_PRODUCT_DATA;
    }

    @Override
    public Uni<Outcome> handle(SyncProductData payload, JobContext context) {
        String code = Objects.requireNonNullElse(payload.marketplace(), Marketplace.US.name());
        Optional<Marketplace> market = Marketplace.named(code);
        if (market.isEmpty()) {
            return Uni.createFrom().item(Outcome.fail("there is no marketplace " + code));
        }
        return items.findOrAdd(market.get(), payload.asin())
                .chain(id -> reader.outcome(
                        reader.read(Set.of(id), context.jobId(), clock.instant().minus(config.syncFreshness()))));
    }
}
