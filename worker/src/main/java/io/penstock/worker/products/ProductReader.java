package io.penstock.worker.products;

import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.products.Items;
import io.penstock.common.products.Items.Claimed;
import io.penstock.common.products.ProductReading;
import io.penstock.common.products.Readings;
import io.penstock.common.products.ScrapeRuns;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Reads items that are due, and stores what was read. Each item is claimed before it is asked for, so that no two jobs pay for the same.
 * While the scraper fails, jobs are put off; they use no attempt, and keep what they have claimed.
 */
@ApplicationScoped
class ProductReader {

    private static final Logger LOG = Logger.getLogger(ProductReader.class);

    /**
     * What was done; the result of the job.
     *
     * @param fresh were not asked for, because their reading is fresh or another job reads them
     * @param blocked for which a page for robots came
     * @param inRuns that runs read, which were started
     */
    @RegisterForReflection
    record Report(int asked, int fresh, int read, int missing, int blocked, int inRuns, int anomalies) {

        static Report of(int asked, int due) {
            return new Report(asked, asked - due, 0, 0, 0, 0, 0);
        }

        Report plus(Report other) {
            return new Report(
                    asked + other.asked,
                    fresh + other.fresh,
                    read + other.read,
                    missing + other.missing,
                    blocked + other.blocked,
                    inRuns + other.inRuns,
                    anomalies + other.anomalies);
        }
    }

    /** @param again items came blocked that should be tried again soon */
    record Done(Report report, boolean again) {

        Done plus(Done other) {
            return new Done(report.plus(other.report), again || other.again);
        }
    }

    private final Items items;
    private final Readings readings;
    private final ScrapeRuns runs;
    private final ScraperClient scraper;
    private final ScraperConfig config;
    private final MeterRegistry meters;

    @Inject
    ProductReader(
            Items items,
            Readings readings,
            ScrapeRuns runs,
            ScraperClient scraper,
            ScraperConfig config,
            MeterRegistry meters) {
        this.items = items;
        this.readings = readings;
        this.runs = runs;
        this.scraper = scraper;
        this.config = config;
        this.meters = meters;
    }

    /**
     * Reads those that are due.
     *
     * @param by the job, under whose name they are claimed
     * @param checkedBefore what was checked later is fresh
     */
    Uni<Done> read(Collection<Long> ids, String by, Instant checkedBefore) {
        return items.claim(ids, by, checkedBefore).chain(due -> {
            Map<String, List<Claimed>> byMarket = due.stream()
                    .collect(Collectors.groupingBy(Claimed::marketplace, TreeMap::new, Collectors.toList()));
            return Multi.createFrom()
                    .iterable(byMarket.values())
                    .onItem()
                    .transformToUniAndConcatenate(some -> ask(some, by))
                    .collect()
                    .with(Collectors.reducing(new Done(Report.of(ids.size(), due.size()), false), Done::plus))
                    .onFailure(UnrecoverableJobException.class)
                    .call(() -> items.release(due.stream().map(Claimed::id).toList(), by));
        });
    }

    /** What becomes of a job that reads; failures of the scraper put it off. */
    Uni<Outcome> outcome(Uni<Done> reading) {
        return putOffOutcome(reading.map(done -> done.again()
                ? Outcome.snooze(config.blockedPause(), "pages for robots came instead of products")
                : Outcome.completed(done.report())));
    }

    /** The outcome, or that the job is put off where the scraper is at fault. */
    Uni<Outcome> putOffOutcome(Uni<Outcome> outcome) {
        return outcome.onFailure(UpstreamFaultException.class).recoverWithItem(failure -> putOff(failure));
    }

    /** The same for those that are put off by a failure. */
    <T> Uni<T> puttingOff(Uni<T> reading) {
        return reading.onFailure(UpstreamFaultException.class).transform(failure -> {
            Outcome.Snooze snooze = putOff(failure);
            return new SnoozeException(snooze.delay(), snooze.why());
        });
    }

    private Outcome.Snooze putOff(UpstreamFaultException failure) {
        Duration pause = failure.retryAfter()
                .filter(asked -> asked.compareTo(config.faultPause()) > 0)
                .orElse(config.faultPause());
        return Outcome.snooze(pause, "the scraper is at fault: " + failure.getMessage());
    }

    private Uni<Done> ask(List<Claimed> due, String by) {
        return due.size() <= config.syncUpTo()
                ? scraper.read(due).chain(this::store)
                : scraper.start(due)
                        .chain(run -> runs.started(
                                run.runId(),
                                run.datasetId(),
                                due.stream().map(Claimed::id).toList(),
                                by,
                                config.firstLook()))
                        .replaceWith(new Done(new Report(0, 0, 0, 0, 0, due.size(), 0), false));
    }

    /** Item by item: one that cannot be stored costs no other. */
    Uni<Done> store(Dataset dataset) {
        count(dataset);
        return Multi.createFrom()
                .iterable(dataset.readings().entrySet())
                .onItem()
                .transformToUniAndConcatenate(entry -> store(entry.getKey(), entry.getValue(), dataset.readAt()))
                .collect()
                .with(Collectors.summingInt(Integer::intValue))
                .call(() -> items.missing(dataset.missing(), dataset.readAt()))
                .chain(anomalies -> items.blocked(dataset.blocked(), dataset.readAt())
                        .map(again -> new Done(
                                new Report(
                                        0,
                                        0,
                                        dataset.readings().size(),
                                        dataset.missing().size(),
                                        dataset.blocked().size(),
                                        0,
                                        anomalies),
                                again)));
    }

    private Uni<Integer> store(long itemId, ProductReading reading, Instant readAt) {
        return readings.store(itemId, reading, readAt).map(Readings.Stored::anomalies);
    }

    private void count(Dataset dataset) {
        meters.counter("penstock.products.read", "result", "read")
                .increment(dataset.readings().size());
        meters.counter("penstock.products.read", "result", "missing")
                .increment(dataset.missing().size());
        meters.counter("penstock.products.read", "result", "blocked")
                .increment(dataset.blocked().size());
        meters.counter("penstock.products.read", "result", "stranger").increment(dataset.strangers());
        meters.counter("penstock.products.read", "result", "senseless").increment(dataset.senseless());
        dataset.unreadable().forEach((field, times) -> meters.counter("penstock.products.unreadable", "field", field)
                .increment(times));
        if (!dataset.unreadable().isEmpty() || dataset.strangers() > 0 || dataset.senseless() > 0) {
            LOG.warnf(
                    "products: fields that make no sense and are left empty: %s; entries about other products: %d, without sense: %d",
                    dataset.unreadable(), dataset.strangers(), dataset.senseless());
        }
    }
}
