package io.penstock.worker.products;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.batch.BatchSpec;
import io.penstock.common.batch.Batches;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.products.BatchUpdateProducts;
import io.penstock.common.products.ProductBatches;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.ProductsConfig;
import io.penstock.common.products.Sweeps;
import io.penstock.common.products.UpdateRange;
import io.penstock.common.queue.IdempotencyKey;
import io.penstock.common.queue.IdempotencyKeyReusedException;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a batch of what was not read for some hours. A job that runs again makes no second one. */
@ApplicationScoped
class BatchUpdateProductsHandler implements JobHandler<BatchUpdateProducts> {

    private static final String BY = "system";

    /**
     * The result of the job.
     *
     * @param batchId null: there was nothing to read, or the batch was made before
     * @param calls of the scraper that it takes
     */
    @RegisterForReflection
    record Report(@Nullable String batchId, int calls) {}

    private final Sweeps sweeps;
    private final Batches batches;
    private final ProductsConfig config;
    private final ObjectMapper mapper;
    private final InstantSource clock = InstantSource.system();

    @Inject
    BatchUpdateProductsHandler(Sweeps sweeps, Batches batches, ProductsConfig config, ObjectMapper mapper) {
        this.sweeps = sweeps;
        this.batches = batches;
        this.config = config;
        this.mapper = mapper;
    }

    @Override
    public JobType<BatchUpdateProducts> type() {
        return ProductJobs.BATCH_UPDATE_PRODUCTS;
    }

    @Override
    public Uni<Outcome> handle(BatchUpdateProducts payload, JobContext context) {
        return sweeps.ranges(
                        clock.instant().minus(config.batchFreshness()),
                        Sweeps.of(payload.frequency()),
                        ProductJobs.UPDATES_AT_ONCE)
                .chain(ranges ->
                        ranges.isEmpty() ? Uni.createFrom().item(new Report(null, 0)) : make(ranges, payload, context))
                .map(Outcome::completed);
    }

    private Uni<Report> make(List<Sweeps.Range> ranges, BatchUpdateProducts payload, JobContext context) {
        List<JsonNode> items = ranges.stream()
                .<JsonNode>map(
                        range -> mapper.valueToTree(new UpdateRange(range.from(), range.to(), payload.frequency())))
                .toList();
        BatchSpec spec = BatchSpec.of(ProductBatches.UPDATES)
                .named("update of products")
                .withItems(items)
                .withConcurrency(1);
        return batches.createOnce(spec, null, BY, BY, IdempotencyKey.of("products-" + context.jobId()))
                .map(made -> new Report(made.batch().id().toString(), ranges.size()))
                // An earlier run of this job has made it, of what was due then.
                .onFailure(IdempotencyKeyReusedException.class)
                .recoverWithItem(new Report(null, 0));
    }
}
