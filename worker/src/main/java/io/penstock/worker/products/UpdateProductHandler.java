package io.penstock.worker.products;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.ProductsConfig;
import io.penstock.common.products.UpdateProduct;
import io.penstock.worker.run.GatheredJobHandler;
import io.penstock.worker.run.JobContext;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the products whose updates have come together, those that are due, with one call. */
@ApplicationScoped
class UpdateProductHandler implements GatheredJobHandler<UpdateProduct> {

    private final ProductReader reader;
    private final ProductsConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    UpdateProductHandler(ProductReader reader, ProductsConfig config) {
        this.reader = reader;
        this.config = config;
    }

    @Override
    public JobType<UpdateProduct> type() {
        return ProductJobs.UPDATE_PRODUCT;
    }

    @Override
    public Uni<Outcome> handleAll(List<UpdateProduct> updates, JobContext context) {
        Set<Long> ids = updates.stream().map(UpdateProduct::itemId).collect(Collectors.toSet());
        return reader.outcome(reader.read(ids, context.jobId(), clock.instant().minus(config.freshness())));
    }
}
