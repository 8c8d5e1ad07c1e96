package io.penstock.worker.offers;

import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchRun;
import io.penstock.common.batch.BatchStore;
import io.penstock.common.batch.Chunk;
import io.penstock.common.batch.ItemStatus;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.offers.FullChunk;
import io.penstock.common.offers.OfferSweeps;
import io.penstock.common.offers.OffersJobs;
import io.penstock.common.offers.SweepStore;
import io.penstock.worker.batch.HeldChunk;
import io.penstock.worker.batch.HeldRunner;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pages of a chunk that have not arrived yet, some at once: the runner of their batch. What arrived is recorded page by
 * page, so that a chunk that runs again, because it was put off, failed or lost its worker, goes on where it was. {@link
 * ChunkOutcome} decides what comes of the run.
 */
@ApplicationScoped
class FullChunkHandler implements JobHandler<FullChunk> {

    private static final Duration LEFT_TO_OTHERS = Duration.ofSeconds(5);

    private final OfferSweeps sweeps;
    private final BatchStore batches;
    private final HeldRunner runner;
    private final PageHandler pages;
    private final FeedClient feed;
    private final AlertDispatch alerts;
    private final OffersConfig config;

    @Inject
    FullChunkHandler(
            OfferSweeps sweeps,
            BatchStore batches,
            HeldRunner runner,
            PageHandler pages,
            FeedClient feed,
            AlertDispatch alerts,
            OffersConfig config) {
        this.sweeps = sweeps;
        this.batches = batches;
        this.runner = runner;
        this.pages = pages;
        this.feed = feed;
        this.alerts = alerts;
        this.config = config;
    }

    @Override
    public JobType<FullChunk> type() {
        return OffersJobs.FULL_CHUNK;
    }

    @Override
    public Uni<Outcome> handle(FullChunk chunk, JobContext context) {
        return sweeps.reading(chunk, context.jobId())
                .chain(reading ->
                        reading.run().isEmpty() || reading.batch().status().isEnd()
                                ? Uni.createFrom().item(withoutRun(reading.batch()))
                                : read(reading.batch(), reading.run().get(), reading.totalPages(), chunk, context))
                .call(alerts::sendPending);
    }

    /** What others did, or do, to the batch. */
    private static Outcome withoutRun(Batch batch) {
        return switch (batch.status()) {
            case COMPLETED -> Outcome.completed(new ChunkOutcome.Report(0, 0));
            case CANCELLED -> Outcome.cancelled();
            case PARTIAL_SUCCESS, FAILED -> Outcome.fail("pages failed in batch " + batch.id());
            case PENDING, RUNNING ->
                Outcome.snooze(LEFT_TO_OTHERS, "another job reads the pages of batch " + batch.id());
        };
    }

    private Uni<Outcome> read(
            Batch batch, BatchRun run, @Nullable Integer totalPages, FullChunk chunk, JobContext context) {
        int atOnce = Math.max(1, Math.min(chunk.concurrency(), config.chunkConcurrency()));
        return runner.run(run, pages.upTo(totalPages), atOnce, context.maxAttempts(), context)
                .chain(ran -> ran.isEmpty()
                        // A run that was lost had recorded all of it.
                        ? Uni.createFrom().item(Outcome.snooze(Duration.ZERO, "looks at its batch again"))
                        : outcome(batch, ran.get(), context.maxAttempts())
                                .call(outcome -> outcome instanceof Outcome.RetryLater failed
                                                && context.attempt() >= context.maxAttempts()
                                        ? runner.giveUp(run, ran.get(), failed.why())
                                        : Uni.createFrom().voidItem()));
    }

    private Uni<Outcome> outcome(Batch batch, HeldChunk ran, int maxAttempts) {
        List<PageResult> results = new ArrayList<>();
        Set<Integer> behindEnd = new HashSet<>();
        for (HeldChunk.Tried one : ran.tried()) {
            int page = pageOf(one.item());
            if (one.result().status() == ItemStatus.SKIPPED) {
                behindEnd.add(page);
            } else {
                results.add(result(page, one));
            }
        }
        List<ChunkOutcome.MissingPage> missing = new ArrayList<>();
        for (Chunk.Item item : ran.chunk().items()) {
            int page = pageOf(item);
            if (!behindEnd.contains(page)) {
                missing.add(new ChunkOutcome.MissingPage(page, item.failures(), null));
            }
        }
        Set<Long> known = new HashSet<>();
        ran.chunk().items().forEach(item -> known.add(item.item()));
        return batches.items(batch, -1, ItemStatus.FAILED, OffersJobs.MAX_PAGES).map(failed -> {
            failed.stream()
                    .filter(item -> !known.contains(item.item()))
                    .map(item -> new ChunkOutcome.MissingPage(
                            item.value() == null ? 0 : item.value().intValue(), maxAttempts, item.error()))
                    .forEach(missing::add);
            return new ChunkOutcome(missing, results, maxAttempts, feed.isFaulty()).outcome();
        });
    }

    private static int pageOf(Chunk.Item item) {
        return Integer.parseInt(item.json());
    }

    private static PageResult result(int page, HeldChunk.Tried one) {
        Throwable failure = one.failure();
        if (failure == null) {
            return PageResult.arrived(page, SweepStore.offersOf(one.result().tallies()));
        }
        return failure instanceof SnoozeException ? PageResult.snooze(page, failure) : PageResult.failed(page, failure);
    }
}
