package io.penstock.worker.products;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.products.CompetitorAnalysis;
import io.penstock.common.products.OptimizationAnalysis;
import io.penstock.common.products.PlanAnalyses;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.Sweeps;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * Enqueues the analyses that are due, a page at a time. What was planned on the same day and still waits is not enqueued a second time: its
 * id says what it is about. It names the day, too, because a job writes one report, however often it runs.
 */
@ApplicationScoped
class PlanAnalysesHandler implements JobHandler<PlanAnalyses> {

    static final int PRIORITY = 5;
    private static final int PAGE = 500;
    private static final String COMPETITOR = "competitor";

    /** The result of the job. */
    @RegisterForReflection
    record Report(long analyses) {}

    private final Sweeps sweeps;
    private final JobEnqueuer enqueuer;
    private final InstantSource clock = InstantSource.system();

    @Inject
    PlanAnalysesHandler(Sweeps sweeps, JobEnqueuer enqueuer) {
        this.sweeps = sweeps;
        this.enqueuer = enqueuer;
    }

    @Override
    public JobType<PlanAnalyses> type() {
        return ProductJobs.PLAN_ANALYSES;
    }

    @Override
    public Uni<Outcome> handle(PlanAnalyses payload, JobContext context) {
        return payload.kind().equals(COMPETITOR)
                ? all(
                        after -> sweeps.groups(after, PAGE),
                        ProductJobs.COMPETITOR_ANALYSIS,
                        CompetitorAnalysis::new,
                        "competitor-analysis-",
                        context)
                : all(
                        after -> sweeps.tracked(after, PAGE),
                        ProductJobs.OPTIMIZATION_ANALYSIS,
                        OptimizationAnalysis::new,
                        "optimization-analysis-",
                        context);
    }

    private <P> Uni<Outcome> all(
            LongFunction<Uni<List<Long>>> ids,
            JobType<P> type,
            LongFunction<P> payload,
            String named,
            JobContext context) {
        AtomicLong after = new AtomicLong();
        AtomicLong analyses = new AtomicLong();
        return Multi.createBy()
                .repeating()
                .uni(() -> page(ids.apply(after.get()), type, payload, named, context)
                        .invoke(page -> {
                            analyses.addAndGet(page.size());
                            if (!page.isEmpty()) {
                                after.set(page.get(page.size() - 1));
                            }
                        }))
                .whilst(page -> page.size() == PAGE)
                .collect()
                .last()
                .map(last -> Outcome.completed(new Report(analyses.get())));
    }

    private <P> Uni<List<Long>> page(
            Uni<List<Long>> ids, JobType<P> type, LongFunction<P> payload, String named, JobContext context) {
        if (context.isCancelled()) {
            return Uni.createFrom().failure(new CancellationException("the run is in vain"));
        }
        LocalDate day = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        return ids.call(page -> page.isEmpty()
                ? Uni.createFrom().voidItem()
                : enqueuer.enqueueAll(
                        type,
                        page.stream()
                                .map(id -> new JobEnqueuer.Item<>(
                                        payload.apply(id),
                                        JobOptions.DEFAULT
                                                .withId(named + id + "-" + day)
                                                .withPriority(PRIORITY)))
                                .toList()));
    }
}
