package io.penstock.worker.products.analysis;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.products.Item;
import io.penstock.common.products.OptimizationAnalysis;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.TrackedProduct;
import io.penstock.common.products.Tracking;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/** Suggests how the page of a product could sell better. Nobody is told: there may be hundreds a week. */
@ApplicationScoped
class OptimizationAnalysisHandler implements JobHandler<OptimizationAnalysis> {

    private final Tracking tracking;
    private final Analyst analyst;

    @Inject
    OptimizationAnalysisHandler(Tracking tracking, Analyst analyst) {
        this.tracking = tracking;
        this.analyst = analyst;
    }

    @Override
    public JobType<OptimizationAnalysis> type() {
        return ProductJobs.OPTIMIZATION_ANALYSIS;
    }

    @Override
    public Uni<Outcome> handle(OptimizationAnalysis payload, JobContext context) {
        return tracking.find(payload.trackedId())
                .chain(found -> found.isEmpty()
                        // It was untracked while the job waited.
                        ? Uni.createFrom().item(Outcome.completed())
                        : optimize(found.get(), context.jobId()));
    }

    private Uni<Outcome> optimize(TrackedProduct product, String jobId) {
        Item item = product.item();
        return analyst.author(
                        AnalysisCaches.OPTIMIZATIONS,
                        new AnalysisKey(product.id(), jobId),
                        item,
                        () -> RuleWriter.optimization(item))
                .chain(authored -> analyst.keep(
                        authored,
                        new Analyst.Subject("optimization", product.userId(), null, product.id()),
                        new JsonObject().put("comparison", Analyst.table(item, List.of())),
                        null,
                        jobId))
                .map(report -> Outcome.completed(report.summary()));
    }
}
