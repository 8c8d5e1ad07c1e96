package io.penstock.worker.products.analysis;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.products.CompetitorAnalysis;
import io.penstock.common.products.Item;
import io.penstock.common.products.ProductGroup;
import io.penstock.common.products.ProductGroups;
import io.penstock.common.products.ProductJobs;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Compares a product with its competitors, reports, and tells its user. */
@ApplicationScoped
class CompetitorAnalysisHandler implements JobHandler<CompetitorAnalysis> {

    private final ProductGroups groups;
    private final Analyst analyst;

    @Inject
    CompetitorAnalysisHandler(ProductGroups groups, Analyst analyst) {
        this.groups = groups;
        this.analyst = analyst;
    }

    @Override
    public JobType<CompetitorAnalysis> type() {
        return ProductJobs.COMPETITOR_ANALYSIS;
    }

    @Override
    public Uni<Outcome> handle(CompetitorAnalysis payload, JobContext context) {
        return groups.find(payload.groupId())
                .chain(found -> found.isEmpty()
                        // It was removed while the job waited.
                        ? Uni.createFrom().item(Outcome.completed())
                        : compare(found.get(), context.jobId()));
    }

    private Uni<Outcome> compare(ProductGroup group, String jobId) {
        Item main = group.main().item();
        return analyst.author(
                        AnalysisCaches.COMPARISONS,
                        new AnalysisKey(group.id(), jobId),
                        main,
                        () -> RuleWriter.comparison(main, group.competitors()))
                .chain(authored -> analyst.keep(
                        authored,
                        new Analyst.Subject("competitor", group.userId(), group.id(), null),
                        new JsonObject()
                                .put("group", group.name())
                                .put("comparison", Analyst.table(main, group.competitors())),
                        "Comparison " + group.name() + ": " + authored.written().summary(),
                        jobId))
                .map(report -> Outcome.completed(report.summary()));
    }
}
