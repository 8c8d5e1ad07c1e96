package io.penstock.worker.products.analysis;

import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.common.cache.CacheLoadException;
import io.penstock.common.cache.TieredCache;
import io.penstock.common.cache.TieredCaches;
import io.penstock.common.products.Item;
import io.penstock.common.products.NewNotification;
import io.penstock.common.products.NewReport;
import io.penstock.common.products.ProductNotifications;
import io.penstock.common.products.ProductReports;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gets an analysis written by the model, or by rules where that cannot be, and keeps it as a report. */
@ApplicationScoped
class Analyst {

    private static final int SUBJECT = 150;

    /**
     * Who has written it.
     *
     * @param by the model's report; null: rules wrote it
     * @param because why rules did; null where the model did
     */
    record Authored(Written written, @Nullable ModelReport by, @Nullable String because) {}

    /**
     * What a report is about.
     *
     * @param kind {@code competitor} or {@code optimization}
     */
    record Subject(String kind, long userId, @Nullable Long groupId, @Nullable Long trackedId) {}

    private final TieredCaches caches;
    private final ProductReports reports;
    private final ProductNotifications notifications;
    private final Pool pool;
    private final MeterRegistry meters;

    @Inject
    Analyst(
            TieredCaches caches,
            ProductReports reports,
            ProductNotifications notifications,
            Pool pool,
            MeterRegistry meters) {
        this.caches = caches;
        this.reports = reports;
        this.notifications = notifications;
        this.pool = pool;
        this.meters = meters;
    }

    /**
     * What the model wrote a short while ago, or writes now; else what the rules write.
     *
     * @param cache one of {@link AnalysisCaches}
     * @param about the product that it is about: a model that knows nothing of it is not asked
     */
    Uni<Authored> author(String cache, AnalysisKey key, Item about, Supplier<Written> rules) {
        if (about.fetchedAt() == null) {
            return Uni.createFrom().item(new Authored(rules.get(), null, "the product was not read yet"));
        }
        return models(cache)
                .get(key)
                .map(Optional::ofNullable)
                .map(found -> found.map(report -> new Authored(report.written(), report, null))
                        .orElseThrow(() -> new NoModelException("what it is about is gone")))
                .onFailure(NoModelException.class)
                .recoverWithItem(failure -> new Authored(rules.get(), null, failure.reason()))
                .onFailure(CacheLoadException.class)
                .recoverWithItem(
                        () -> new Authored(rules.get(), null, "the language model was asked, but took too long"));
    }

    /**
     * Keeps it, with a notification where one is given the words for; does nothing where the job has kept one before.
     *
     * @param body what the program itself has to say
     * @param told what the subject of the notification begins with; null: nobody is told
     */
    Uni<NewReport> keep(Authored authored, Subject subject, JsonObject body, @Nullable String told, String jobId) {
        NewReport report = report(authored, subject, body, jobId);
        return pool.withTransaction(transaction -> reports.add(transaction, report)
                        .call(id -> id.isEmpty() || told == null
                                ? Uni.createFrom().voidItem()
                                : notifications
                                        .add(transaction, notification(report, subject.userId(), id.get(), told))
                                        .replaceWithVoid()))
                .invoke(id -> id.ifPresent(any -> meters.counter(
                                "penstock.products.analyses", "kind", report.kind(), "writer", report.writtenBy())
                        .increment()))
                .replaceWith(report);
    }

    private static NewReport report(Authored authored, Subject subject, JsonObject body, String jobId) {
        ModelReport by = authored.by();
        // Whoever finds it in the cache has paid nothing.
        ModelReport paid = by != null && by.jobId().equals(jobId) ? by : null;
        JsonObject whole =
                body.copy().put("findings", new JsonArray(authored.written().findings()));
        if (by != null) {
            whole.put("answeredAt", by.answeredAt().toString());
        }
        return new NewReport(
                subject.kind(),
                subject.userId(),
                subject.groupId(),
                subject.trackedId(),
                by == null ? "rules" : "model",
                authored.because(),
                by == null ? null : by.model(),
                by == null ? null : by.promptVersion(),
                paid == null ? 0 : paid.inputTokens(),
                paid == null ? 0 : paid.outputTokens(),
                paid == null ? BigDecimal.ZERO : paid.cost(),
                authored.written().summary(),
                whole,
                jobId,
                authored.written().suggestions());
    }

    private static NewNotification notification(NewReport report, long userId, long reportId, String told) {
        StringBuilder text = new StringBuilder(report.summary()).append('\n');
        JsonArray findings = report.body().getJsonArray("findings");
        findings.forEach(finding -> text.append("- ").append(finding).append('\n'));
        report.suggestions().forEach(each -> text.append("\nSuggestion (")
                .append(each.kind())
                .append(", impact ")
                .append(each.impact())
                .append("): ")
                .append(each.suggestion())
                .append("\nBecause: ")
                .append(each.reason())
                .append('\n'));
        text.append("\nWritten by ").append(report.writtenBy().equals("model") ? "a language model." : "rules.");
        return new NewNotification(
                userId, "report:" + reportId, "report", null, reportId, Lines.line(told, SUBJECT), text.toString());
    }

    /** Numbers of products side by side, as they were read: no model has a part in them. */
    static JsonArray table(Item main, List<Item> others) {
        JsonArray table = new JsonArray().add(row(main, true));
        others.forEach(item -> table.add(row(item, false)));
        return table;
    }

    private static JsonObject row(Item item, boolean main) {
        return new JsonObject()
                .put("itemId", item.id())
                .put("main", main)
                .put("asin", item.asin())
                .put("title", item.title())
                .put("price", item.price())
                .put("currency", item.currency())
                .put("rank", item.rank())
                .put("rankCategory", item.rankCategory())
                .put("rating", item.rating())
                .put("reviews", item.reviewCount())
                .put("buyBox", item.buyBox())
                .put("images", item.imageUrls().size())
                .put("features", item.features().size());
    }

    @SuppressWarnings("unchecked")
    private TieredCache<AnalysisKey, ModelReport> models(String name) {
        return (TieredCache<AnalysisKey, ModelReport>) caches.find(name).orElseThrow();
    }
}
