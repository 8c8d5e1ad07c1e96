package io.penstock.worker.products;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.products.NewReport;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.ProductReports;
import io.penstock.common.products.TrendAnalysis;
import io.penstock.common.products.Trends;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;

/** Reports what rose and fell most among all tracked products. Computed from the days of the history: no model has a part in it. */
@ApplicationScoped
class TrendAnalysisHandler implements JobHandler<TrendAnalysis> {

    private final Trends trends;
    private final ProductReports reports;
    private final Pool pool;

    @Inject
    TrendAnalysisHandler(Trends trends, ProductReports reports, Pool pool) {
        this.trends = trends;
        this.reports = reports;
        this.pool = pool;
    }

    @Override
    public JobType<TrendAnalysis> type() {
        return ProductJobs.TREND_ANALYSIS;
    }

    @Override
    public Uni<Outcome> handle(TrendAnalysis payload, JobContext context) {
        return trends.over(payload.days())
                .map(found -> report(payload, found, context))
                .call(report -> pool.withTransaction(transaction -> reports.add(transaction, report)))
                .map(report -> Outcome.completed(report.summary()));
    }

    private static NewReport report(TrendAnalysis payload, Trends.Found found, JobContext context) {
        String summary = found.products() + " products over " + payload.timeRange() + ": price up of " + found.dearer()
                + ", down of " + found.cheaper() + "; rank better of " + found.better() + ", worse of " + found.worse();
        JsonObject body = new JsonObject()
                .put("timeRange", payload.timeRange())
                .put("products", found.products())
                .put("dearer", found.dearer())
                .put("cheaper", found.cheaper())
                .put("better", found.better())
                .put("worse", found.worse())
                .put("prices", moves(found.prices()))
                .put("ranks", moves(found.ranks()));
        return new NewReport(
                "trend",
                null,
                null,
                null,
                "rules",
                "trends are computed",
                null,
                null,
                0,
                0,
                BigDecimal.ZERO,
                summary,
                body,
                context.jobId(),
                List.of());
    }

    private static JsonArray moves(List<Trends.Move> moves) {
        JsonArray array = new JsonArray();
        moves.forEach(move -> array.add(new JsonObject()
                .put("itemId", move.itemId())
                .put("asin", move.asin())
                .put("title", Objects.requireNonNullElse(move.title(), ""))
                .put("before", move.before())
                .put("after", move.after())
                .put("changePercent", move.changePercent())));
        return array;
    }
}
