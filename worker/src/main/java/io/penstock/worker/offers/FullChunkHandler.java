package io.penstock.worker.offers;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.offers.FullChunk;
import io.penstock.common.offers.OffersJobs;
import io.penstock.common.offers.SweepStore;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Reads the pages of a chunk that have not arrived yet, some at once.
 *
 * <p>Every page is stored on its own, so that a chunk that runs again, because it was put off, failed or lost its
 * worker, goes on where it was. A page that fails does not hold up the others. When one page is put off, those in flight
 * are finished and the rest is left for the next run. {@link ChunkOutcome} decides what comes of the run.
 */
@ApplicationScoped
class FullChunkHandler implements JobHandler<FullChunk> {

    private static final Logger LOG = Logger.getLogger(FullChunkHandler.class);

    private final SweepStore sweeps;
    private final PageReader reader;
    private final FeedClient feed;
    private final AlertDispatch alerts;
    private final OffersConfig config;

    @Inject
    FullChunkHandler(SweepStore sweeps, PageReader reader, FeedClient feed, AlertDispatch alerts, OffersConfig config) {
        this.sweeps = sweeps;
        this.reader = reader;
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
        return sweeps.find(chunk.sweepId())
                .map(found -> found.orElseThrow(
                        () -> new UnrecoverableJobException("no sweep has the id '" + chunk.sweepId() + "'")))
                .chain(sweep -> closePagesBehindEnd(sweep, chunk))
                .chain(() -> sweeps.missingPages(chunk.sweepId(), chunk.fromPage(), chunk.toPage()))
                .chain(missing -> giveNewChance(missing, chunk, context))
                .chain(missing -> run(missing, chunk, context))
                .call(alerts::sendPending);
    }

    /** The feed has said how far it goes: pages behind that need not be asked for. */
    private Uni<Void> closePagesBehindEnd(SweepStore.Sweep sweep, FullChunk chunk) {
        Integer totalPages = sweep.totalPages();
        if (totalPages == null || chunk.toPage() <= totalPages) {
            return Uni.createFrom().voidItem();
        }
        List<Integer> behind = new ArrayList<>();
        for (int page = Math.max(chunk.fromPage(), totalPages + 1); page <= chunk.toPage(); page++) {
            behind.add(page);
        }
        return sweeps.pagesBehindEnd(chunk.sweepId(), behind);
    }

    /** A chunk whose missing pages were all given up runs again because someone wants it to. */
    private Uni<List<SweepStore.MissingPage>> giveNewChance(
            List<SweepStore.MissingPage> missing, FullChunk chunk, JobContext context) {
        boolean allGivenUp = missing.stream().allMatch(page -> page.failures() >= context.maxAttempts());
        if (missing.isEmpty() || !allGivenUp) {
            return Uni.createFrom().item(missing);
        }
        List<SweepStore.MissingPage> fresh = missing.stream()
                .map(page -> new SweepStore.MissingPage(page.page(), 0, page.lastFailure()))
                .toList();
        return sweeps.forgetFailures(chunk.sweepId(), chunk.fromPage(), chunk.toPage())
                .replaceWith(fresh);
    }

    private Uni<Outcome> run(List<SweepStore.MissingPage> missing, FullChunk chunk, JobContext context) {
        List<SweepStore.MissingPage> toRead = missing.stream()
                .filter(page -> page.failures() < context.maxAttempts())
                .toList();
        return readAll(toRead, chunk, context)
                .map(results -> new ChunkOutcome(missing, results, context.maxAttempts(), feed.isFaulty()))
                .call(outcome -> outcome.everythingArrived()
                        ? sweeps.chunkDone(chunk.sweepId(), chunk.fromPage(), chunk.toPage())
                        : Uni.createFrom().voidItem())
                .map(ChunkOutcome::outcome);
    }

    private Uni<List<PageResult>> readAll(List<SweepStore.MissingPage> pages, FullChunk chunk, JobContext context) {
        AtomicBoolean stop = new AtomicBoolean();
        return Multi.createFrom()
                .iterable(pages)
                .onItem()
                .transformToUni(page -> stop.get() || context.isCancelled()
                        ? Uni.createFrom().item(PageResult.left(page.page()))
                        : read(page, chunk, context).invoke(result -> {
                            if (result.kind() == PageResult.Kind.PUT_OFF) {
                                stop.set(true);
                            }
                        }))
                .merge(Math.max(1, Math.min(chunk.concurrency(), config.chunkConcurrency())))
                .collect()
                .asList();
    }

    private Uni<PageResult> read(SweepStore.MissingPage page, FullChunk chunk, JobContext context) {
        return reader.read(chunk, page.page()).call(result -> recordFailure(result, page, chunk, context));
    }

    private Uni<Void> recordFailure(
            PageResult result, SweepStore.MissingPage page, FullChunk chunk, JobContext context) {
        Throwable failure = result.failure();
        if (result.kind() != PageResult.Kind.FAILED || failure == null) {
            return Uni.createFrom().voidItem();
        }
        LOG.debugf(failure, "Page %d did not arrive", page.page());
        int failures = ChunkOutcome.failuresAfter(page.failures(), failure, context.maxAttempts());
        return sweeps.pageFailed(chunk.sweepId(), page.page(), failures, ChunkOutcome.reasonOf(failure));
    }
}
