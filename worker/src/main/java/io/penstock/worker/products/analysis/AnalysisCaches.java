package io.penstock.worker.products.analysis;

import io.penstock.common.cache.CacheDefinition;
import io.penstock.common.cache.CacheKeys;
import io.penstock.common.cache.CacheSource;
import io.penstock.common.cache.Ttl;
import io.penstock.common.products.ProductGroups;
import io.penstock.common.products.Tracking;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the language model wrote, for six hours of a group and four of a product: whoever asks again meanwhile costs nothing. What rules wrote
 * is not kept, so that the model is asked as soon as it can be.
 */
@ApplicationScoped
class AnalysisCaches implements CacheSource {

    static final String COMPARISONS = "competitor-analysis";
    static final String OPTIMIZATIONS = "optimization-suggestions";

    private final ModelClient model;
    private final ProductGroups groups;
    private final Tracking tracking;

    @Inject
    AnalysisCaches(ModelClient model, ProductGroups groups, Tracking tracking) {
        this.model = model;
        this.groups = groups;
        this.tracking = tracking;
    }

    @Override
    public List<CacheDefinition<?, ?>> caches() {
        return List.of(
                CacheDefinition.of(
                                COMPARISONS,
                                AnalysisKey.class,
                                ModelReport.class,
                                Ttl.COMPETITOR_ANALYSIS,
                                "analysis:competitor:",
                                key -> CacheKeys.competitorAnalysis(Long.toString(key.id())),
                                this::compare)
                        .version(Prompt.VERSION),
                CacheDefinition.of(
                                OPTIMIZATIONS,
                                AnalysisKey.class,
                                ModelReport.class,
                                Ttl.OPTIMIZATION_SUGGESTIONS,
                                "analysis:optimization:",
                                key -> CacheKeys.optimizationAnalysis(Long.toString(key.id())),
                                this::optimize)
                        .version(Prompt.VERSION));
    }

    private Uni<@Nullable ModelReport> compare(AnalysisKey key) {
        return groups.find(key.id())
                .chain(found -> found.isEmpty()
                        ? Uni.createFrom().nullItem()
                        : model.write(
                                Prompt.comparing(
                                        found.get().main().item(), found.get().competitors()),
                                key.jobId()));
    }

    private Uni<@Nullable ModelReport> optimize(AnalysisKey key) {
        return tracking.find(key.id())
                .chain(found -> found.isEmpty()
                        ? Uni.createFrom().nullItem()
                        : model.write(Prompt.optimizing(found.get().item()), key.jobId()));
    }
}
