package io.penstock.worker.run;

import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.QueueConsumer;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;

/**
 * Stores the ends of jobs in batches. What ends while one batch is under way gathers in the next one, which leaves when
 * the first has arrived and {@link #PACE_MS} has passed since it left, or when it is full; so batches grow with the load
 * and a lone job waits for nobody. Handlers that do real work end one by one: each would be a batch of its own if
 * several could be under way. The job's slot does not wait, as it has been given back; what follows from the job
 * does. Confined to the queue's event loop.
 */
final class FinishBuffer {

    private static final Logger LOG = Logger.getLogger(FinishBuffer.class);

    /** Measured: beyond 64 the cost per job hardly falls, while Redis is held up longer. */
    private static final int BATCH = 64;

    /** Full batches that may be under way. */
    private static final int WINDOW = 4;

    /**
     * Between two batches that are not full. Measured with handlers that make one upsert each: without it four ends went
     * together and Redis took 19 us per job, with it 12, with 2 ms 10.
     */
    private static final long PACE_MS = 1;

    /** How long the end of a job is worth storing. Afterwards its lease runs out and it runs again. */
    private static final Duration GIVE_UP_AFTER = Duration.ofMinutes(10);

    private final QueueConsumer consumer;
    private final ContextInternal context;
    private final BiConsumer<FinishedJob, Boolean> stored;
    private final ArrayDeque<FinishedJob> pending = new ArrayDeque<>();
    private final PendingAcks ends;
    private int underWay;
    private boolean flushPlanned;
    private boolean paceIsUp = true;

    /**
     * @param ends knows of each batch while it is being stored
     * @param stored told of each job when its end is stored (true) or was refused or given up (false)
     */
    FinishBuffer(
            QueueConsumer consumer,
            ContextInternal context,
            PendingAcks ends,
            BiConsumer<FinishedJob, Boolean> stored) {
        this.ends = ends;
        this.consumer = consumer;
        this.context = context;
        this.stored = stored;
    }

    /** Jobs that end in the same turn of the event loop leave together. */
    void add(FinishedJob job) {
        pending.add(job);
        if (!flushPlanned) {
            flushPlanned = true;
            context.runOnContext(turn -> {
                flushPlanned = false;
                flush();
            });
        }
    }

    private void flush() {
        while (!pending.isEmpty() && mayLeave()) {
            List<FinishedJob> batch = new ArrayList<>(Math.min(BATCH, pending.size()));
            while (batch.size() < BATCH && !pending.isEmpty()) {
                batch.add(pending.remove());
            }
            underWay++;
            if (batch.size() < BATCH) {
                paceIsUp = false;
                context.setTimer(PACE_MS, timer -> {
                    paceIsUp = true;
                    flush();
                });
            }
            store(batch);
        }
    }

    private boolean mayLeave() {
        if (pending.size() >= BATCH) {
            return underWay < WINDOW;
        }
        return underWay == 0 && paceIsUp;
    }

    private void store(List<FinishedJob> batch) {
        PendingAcks.Ticket ticket = ends.begin();
        consumer.finish(batch)
                .onFailure()
                .invoke(ticket::failed)
                .onFailure()
                .invoke(failure -> LOG.warnf(
                        "queue %s: %d ended jobs are not stored yet, trying on: %s",
                        consumer.policy().queue(), batch.size(), failure.getMessage()))
                .onFailure()
                .retry()
                .withBackOff(Duration.ofMillis(100), Duration.ofSeconds(2))
                .expireIn(GIVE_UP_AFTER.toMillis())
                .onTermination()
                .invoke(ticket::over)
                .subscribe()
                .with(
                        lost -> context.execute(() -> done(batch, ticket.storedBefore() ? Set.of() : lost)),
                        failure -> context.execute(() -> {
                            LOG.errorf(
                                    failure,
                                    "queue %s: gave up storing %d ended jobs; they will run again",
                                    consumer.policy().queue(),
                                    batch.size());
                            underWay--;
                            batch.forEach(job -> stored.accept(job, false));
                            flush();
                        }));
    }

    private void done(List<FinishedJob> batch, Set<ClaimedJob> lost) {
        underWay--;
        for (FinishedJob job : batch) {
            stored.accept(job, !lost.contains(job.job()));
        }
        flush();
    }
}
