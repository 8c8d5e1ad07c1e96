package io.penstock.worker.products;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.products.Items;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.ReadRun;
import io.penstock.common.products.ScrapeRuns;
import io.penstock.common.products.ScrapeRuns.Run;
import io.penstock.common.products.UpdateProduct;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Asks after a run and, once it has succeeded, reads and stores what it found. Between two questions the job waits in the queue, not in a
 * slot. The items of a run that fails are enqueued anew, each as often as a page for robots would be borne.
 */
@ApplicationScoped
class ReadRunHandler implements JobHandler<ReadRun> {

    private final ScrapeRuns runs;
    private final Items items;
    private final ScraperClient scraper;
    private final ProductReader reader;
    private final JobEnqueuer enqueuer;
    private final ScraperConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    ReadRunHandler(
            ScrapeRuns runs,
            Items items,
            ScraperClient scraper,
            ProductReader reader,
            JobEnqueuer enqueuer,
            ScraperConfig config) {
        this.runs = runs;
        this.items = items;
        this.scraper = scraper;
        this.reader = reader;
        this.enqueuer = enqueuer;
        this.config = config;
    }

    @Override
    public JobType<ReadRun> type() {
        return ProductJobs.READ_RUN;
    }

    @Override
    public Uni<Outcome> handle(ReadRun payload, JobContext context) {
        return runs.find(payload.runId()).chain(found -> {
            if (found.isEmpty()) {
                return Uni.createFrom().item(Outcome.fail("no run has the id " + payload.runId()));
            }
            Run run = found.get();
            return run.running()
                    ? reader.putOffOutcome(look(run))
                    : Uni.createFrom().item(Outcome.completed());
        });
    }

    /** Asked first, given up then: a run that ended while the scraper could not be reached is read all the same. */
    private Uni<Outcome> look(Run run) {
        Instant now = clock.instant();
        return scraper.run(run.runId()).chain(progress -> switch (progress.progress()) {
            case UNDER_WAY ->
                run.startedAt().plus(config.runLimit()).isBefore(now)
                        ? failed(run, "it did not end within " + config.runLimit(), now)
                        : Uni.createFrom().item(Outcome.snooze(config.lookAgain(), "the run is " + progress.said()));
            case SUCCEEDED -> read(run);
            case FAILED -> failed(run, progress.said(), now);
        });
    }

    private Uni<Outcome> read(Run run) {
        return items.named(run.itemIds())
                .chain(asked -> scraper.dataset(run.datasetId(), asked))
                .chain(reader::store)
                .call(done -> runs.done(run.runId()))
                .call(done -> items.release(run.itemIds(), ScrapeRuns.claimant(run.runId())))
                .call(done ->
                        done.again() ? again(run.itemIds()) : Uni.createFrom().voidItem())
                .map(done -> Outcome.completed(done.report()));
    }

    private Uni<Outcome> failed(Run run, String said, Instant now) {
        return runs.failed(run, said)
                .chain(() -> items.blocked(run.itemIds(), now))
                .call(worthAnotherTry -> worthAnotherTry
                        ? again(run.itemIds())
                        : Uni.createFrom().voidItem())
                .map(any -> Outcome.completed("the run has failed: " + said));
    }

    /** Those that were read are fresh, and cost nothing. */
    private Uni<Void> again(List<Long> ids) {
        return enqueuer.enqueueAll(
                        ProductJobs.UPDATE_PRODUCT,
                        ids.stream()
                                .map(id -> new JobEnqueuer.Item<>(new UpdateProduct(id), JobOptions.DEFAULT))
                                .toList())
                .replaceWithVoid();
    }
}
