package io.penstock.worker.batch;

import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchRun;
import io.penstock.common.batch.BatchWork;
import io.penstock.common.batch.Chunk;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.batch.Recorded;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.Worker;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Works chunks off in jobs that are not the platform's: of a batch that was made {@linkplain
 * io.penstock.common.batch.Batches#createHeld held}. What comes of the job is for its own handler to say.
 */
@ApplicationScoped
public class HeldRunner {

    private final BatchWork work;
    private final ChunkRunner chunks;
    private final Worker worker;
    private final InstantSource clock = InstantSource.system();

    @Inject
    HeldRunner(BatchWork work, ChunkRunner chunks, Worker worker) {
        this.work = work;
        this.chunks = chunks;
        this.worker = worker;
    }

    /**
     * Runs what is left of the chunk that the runner has in hand, or else of the next one. Items that fail are left for the next run,
     * those that are put off too.
     *
     * @param itemsAtOnce instead of the type's
     * @param tries likewise
     * @return empty: there is nothing to be done by this runner
     */
    public <I> Uni<Optional<HeldChunk>> run(
            BatchRun run, BatchHandler<I> handler, int itemsAtOnce, int tries, JobContext context) {
        return work.begin(run, context.jobId(), worker.id())
                .chain(begun -> begun.isEmpty()
                        ? Uni.createFrom().item(Optional.empty())
                        : work.next(begun.get(), run, true)
                                .chain(chunk -> chunk.isEmpty()
                                        ? leave(run).replaceWith(Optional.empty())
                                        : run(
                                                        begun.get(),
                                                        chunk.get(),
                                                        handler,
                                                        new ChunkRunner.Manner(itemsAtOnce, tries),
                                                        context)
                                                .call(() -> work.idle(run))
                                                .map(Optional::of)));
    }

    private <I> Uni<HeldChunk> run(
            Batch batch, Chunk chunk, BatchHandler<I> handler, ChunkRunner.Manner manner, JobContext context) {
        return chunks.run(batch, chunk, handler, manner, context::isCancelled)
                .call(ran -> ran.state().done() ? Uni.createFrom().voidItem() : work.putOff(chunk))
                .map(ran -> new HeldChunk(chunk, ran.tried()));
    }

    /** A run that died may have recorded the last item and not ended the batch. */
    private Uni<Boolean> leave(BatchRun run) {
        return work.end(run.batchId()).chain(() -> work.idle(run));
    }

    /** Fails the items that have no result yet: nobody comes back for them. */
    public Uni<Void> giveUp(BatchRun run, HeldChunk ran, String why) {
        Instant now = clock.instant();
        Set<Long> ended = ran.tried().stream()
                .filter(one -> !one.isLeft())
                .map(one -> one.item().item())
                .collect(Collectors.toSet());
        List<Recorded> left = ran.chunk().items().stream()
                .filter(item -> !ended.contains(item.item()))
                .map(item -> new Recorded(item.item(), ItemResult.failed(why), now, now))
                .toList();
        return work.record(ran.chunk(), left, true).chain(() -> work.idle(run)).replaceWithVoid();
    }
}
