package io.penstock.worker.batch;

import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchConfig;
import io.penstock.common.batch.BatchJobs;
import io.penstock.common.batch.BatchRun;
import io.penstock.common.batch.BatchWork;
import io.penstock.common.batch.Batches;
import io.penstock.common.batch.Chunk;
import io.penstock.common.job.FailureText;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.SnoozeException;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.penstock.worker.run.Worker;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A runner of a batch: takes chunk after chunk until there is none, lets others have its slot now and then, and ends the batch when
 * nothing is left of it.
 */
@ApplicationScoped
public class BatchRunHandler implements JobHandler<BatchRun> {

    /** Each chunk hangs on the one before it, and the last one tells them all: a bound on how deep that goes. */
    private static final int MOST_CHUNKS = 100;

    private static final Duration BETWEEN_TURNS = Duration.ofMillis(1);
    /** A worker of another release may know the type. */
    private static final Duration LEFT_TO_OTHERS = Duration.ofSeconds(10);

    private final BatchWork work;
    private final Batches batches;
    private final ChunkRunner chunks;
    private final BatchConfig config;
    private final Supplier<@Nullable String> worker;

    @Inject
    BatchRunHandler(BatchWork work, Batches batches, ChunkRunner chunks, BatchConfig config, Worker worker) {
        this(work, batches, chunks, config, worker::id);
    }

    BatchRunHandler(
            BatchWork work,
            Batches batches,
            ChunkRunner chunks,
            BatchConfig config,
            Supplier<@Nullable String> worker) {
        this.work = work;
        this.batches = batches;
        this.chunks = chunks;
        this.config = config;
        this.worker = worker;
    }

    @Override
    public JobType<BatchRun> type() {
        return BatchJobs.RUN;
    }

    /** Items in hand are finished and recorded. */
    @Override
    public boolean stopsItself() {
        return true;
    }

    @Override
    public Uni<Outcome> handle(BatchRun run, JobContext context) {
        long endOfTurn = System.nanoTime() + config.turn().toNanos();
        return work.begin(run, context.jobId(), worker.get()).chain(begun -> {
            if (begun.isEmpty()) {
                return Uni.createFrom().item(Outcome.completed());
            }
            Batch batch = begun.get();
            if (!batch.status().isEnd() && !chunks.knows(batch.type())) {
                return Uni.createFrom()
                        .item(Outcome.snooze(LEFT_TO_OTHERS, "no handler here for batch type '" + batch.type() + "'"));
            }
            return step(new Turn(batch, run, context, endOfTurn, new AtomicInteger()), true);
        });
    }

    private record Turn(Batch batch, BatchRun run, JobContext context, long endNanos, AtomicInteger chunks) {

        boolean isOver() {
            return chunks.get() >= MOST_CHUNKS || System.nanoTime() - endNanos >= 0;
        }

        /** Who takes another chunk; null: nobody in this turn. */
        @Nullable
        BatchRun taker() {
            return isOver() || context.isCancelled() ? null : run;
        }
    }

    private Uni<Outcome> step(Turn turn, boolean first) {
        if (turn.context().isCancelled()) {
            return leave(turn);
        }
        return work.next(turn.batch(), turn.run(), first)
                .chain(chunk -> chunk.isEmpty() ? leave(turn) : run(turn, chunk.get()));
    }

    private Uni<Outcome> run(Turn turn, Chunk chunk) {
        turn.chunks().incrementAndGet();
        return chunks.run(turn.batch(), chunk, turn.context()::isCancelled, turn::taker)
                .call(ran -> ran.conflict()
                        ? batches.cancel(turn.batch().id()).replaceWithVoid()
                        : Uni.createFrom().voidItem())
                .chain(ran -> {
                    SnoozeException putOff = ran.putOff();
                    if (putOff != null && turn.batch().status().isEnd()) {
                        // What cannot be done now of a batch that was cancelled is not done any more.
                        return leave(turn);
                    }
                    if (putOff != null) {
                        return work.putOff(chunk)
                                .replaceWith(() -> Outcome.snooze(putOff.delay(), FailureText.message(putOff)));
                    }
                    Optional<Chunk> next = ran.state().next();
                    if (next.isPresent()) {
                        return run(turn, next.get());
                    }
                    return !ran.state().goesOn() || !turn.isOver()
                            ? step(turn, false)
                            : Uni.createFrom().item(Outcome.snooze(BETWEEN_TURNS, "goes on after a turn of others"));
                });
    }

    /** Nothing to take: the batch is ended if it is done, and the runner goes unless work has come meanwhile. */
    private Uni<Outcome> leave(Turn turn) {
        return work.end(turn.batch().id())
                .chain(() -> work.idle(turn.run()))
                .map(idle -> idle || turn.context().isCancelled()
                        ? Outcome.completed()
                        : Outcome.snooze(BETWEEN_TURNS, "work has come meanwhile"));
    }
}
