package io.penstock.worker.run;

import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobEvents;
import io.penstock.common.job.FailureText;
import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueUnavailableException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Stores what comes next for jobs that have ended, however they ended; then releases them and tells of it. Successes go in
 * batches, any other end by itself. An end that the store cannot take now is tried again for {@link #GIVE_UP_AFTER}; one
 * that it can never take is not waited for: the job is buried with that reason. Confined to the queue's event loop.
 *
 * <p>What ends well while one batch is under way gathers in the next one, which leaves when the first has arrived and
 * {@link #PACE_MS} has passed since it left, or when it is full; so batches grow with the load and a lone job waits for
 * nobody. Handlers that do real work end one by one: each would be a batch of its own if several could be under way. The
 * slot of such a job does not wait, it is given back before; what follows from the job does. Other ends keep the slot
 * until they are stored: they are few, and a storm of them must slow down.
 */
final class JobFinisher {

    private static final Logger LOG = Logger.getLogger(JobFinisher.class);

    /** Measured: beyond 64 the cost per job hardly falls, while Redis is held up longer. */
    private static final int BATCH = 64;

    /** Full batches that may be under way. */
    private static final int WINDOW = 4;

    /**
     * Between two batches that are not full. Measured with handlers that make one upsert each: without it four ends went
     * together and Redis took 19 us per job, with it 12, with 2 ms 10.
     */
    private static final long PACE_MS = 1;

    private static final Backoff BACKOFF = Backoff.ofMillis(100, 2_000);

    /** How long the end of a job is worth storing. Afterwards its lease runs out and it runs again. */
    private static final Duration GIVE_UP_AFTER = Duration.ofMinutes(10);

    private final QueueConsumer consumer;
    private final String queue;
    private final LeasedJobs jobs;
    private final JobEvents events;
    private final EventLoopContext context;
    private final PendingAcks ends;
    /** Ended well, and not on their way yet. */
    private final ArrayDeque<RunningJob> pending = new ArrayDeque<>();

    private int underWay;
    private boolean flushPlanned;
    private boolean paceIsUp = true;
    private volatile boolean failing;

    JobFinisher(
            QueueConsumer consumer,
            LeasedJobs jobs,
            JobEvents events,
            EventLoopContext context,
            LeaseValidity validity) {
        this.consumer = consumer;
        this.queue = consumer.policy().queue();
        this.jobs = jobs;
        this.events = events;
        this.context = context;
        this.ends = new PendingAcks(validity);
    }

    /** Stores what was decided for a job. */
    void store(RunningJob job) {
        if (job.nextStep() instanceof NextStep.Complete) {
            jobs.keepWithoutSlot(job);
            pending.add(job);
            planFlush();
        } else {
            storeAlone(job, ends.begin());
        }
    }

    /** How long the end of a job has been on its way to the store; zero when none is. */
    Duration longestStore() {
        return ends.longest();
    }

    /** Jobs that end in the same turn of the event loop leave together. */
    private void planFlush() {
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
            List<RunningJob> batch = new ArrayList<>(Math.min(BATCH, pending.size()));
            while (batch.size() < BATCH && !pending.isEmpty()) {
                batch.add(pending.remove());
            }
            if (batch.size() < BATCH) {
                paceIsUp = false;
                context.setTimer(PACE_MS, timer -> {
                    paceIsUp = true;
                    flush();
                });
            }
            storeBatch(batch);
        }
    }

    private boolean mayLeave() {
        if (pending.size() >= BATCH) {
            return underWay < WINDOW;
        }
        return underWay == 0 && paceIsUp;
    }

    private void storeBatch(List<RunningJob> batch) {
        underWay++;
        List<FinishedJob> finished = new ArrayList<>(batch.size());
        for (RunningJob job : batch) {
            finished.add(((NextStep.Complete) job.nextStep()).finished(job));
        }
        PendingAcks.Ticket ticket = ends.begin();
        settle(
                batch,
                ticket,
                keepTrying(() -> consumer.finish(finished), ticket),
                failure -> batch.forEach(job -> storeAlone(job, ends.beginAgain(ticket))),
                () -> {
                    underWay--;
                    flush();
                });
    }

    /** Buries the job instead if its end can never be stored. */
    private void storeAlone(RunningJob job, PendingAcks.Ticket ticket) {
        Uni<Boolean> stored = keepTrying(() -> job.nextStep().store(consumer, job), ticket)
                .onFailure(QueueUnavailableException::isLasting)
                .recoverWithUni(failure -> buryInstead(job, failure, ticket));
        settle(
                List.of(job),
                ticket,
                stored.map(ours -> ours ? Set.of() : Set.of(job.claimed())),
                failure -> giveUp(job, failure),
                () -> {});
    }

    private Uni<Boolean> buryInstead(RunningJob job, Throwable why, PendingAcks.Ticket ticket) {
        JobLogContext.during(
                queue,
                job.claimed(),
                () -> LOG.errorf(
                        "queue %s: job %s is given up, for its end can never be stored: %s",
                        queue, job.jobId(), FailureText.withStack(why)));
        NextStep.Bury bury = new NextStep.Bury("its end cannot be stored: " + FailureText.message(why));
        return keepTrying(() -> bury.store(consumer, job), ticket).invoke(buried -> {
            if (buried) {
                job.decideInstead(bury);
            }
        });
    }

    /** Outlasts an outage, but not a fault that stays. */
    private <T> Uni<T> keepTrying(Supplier<Uni<? extends T>> transition, PendingAcks.Ticket ticket) {
        Uni<T> attempt =
                Uni.createFrom().<T>deferred(transition).onFailure().invoke(failure -> failed(failure, ticket));
        return BACKOFF.retry(attempt, failure -> !QueueUnavailableException.isLasting(failure), GIVE_UP_AFTER);
    }

    private void failed(Throwable failure, PendingAcks.Ticket ticket) {
        ticket.failed(failure);
        if (!failing && !QueueUnavailableException.isLasting(failure)) {
            failing = true;
            LOG.warnf(
                    "queue %s: ends of jobs are not stored for now, trying on: %s",
                    queue, FailureText.message(failure));
        }
    }

    /**
     * Waits for ends that are being stored, and does what follows from each.
     *
     * @param lost answers with the jobs whose lease was lost
     * @param neverStored what to do when the store can never take them in this way
     * @param after in any case
     */
    private void settle(
            List<RunningJob> ended,
            PendingAcks.Ticket ticket,
            Uni<Set<ClaimedJob>> lost,
            Consumer<Throwable> neverStored,
            Runnable after) {
        lost.onTermination()
                .invoke(ticket::over)
                .subscribe()
                .with(
                        refused -> context.execute(() -> {
                            failing = false;
                            stored(ended, ticket.storedBefore() ? Set.of() : refused);
                            after.run();
                        }),
                        failure -> context.execute(() -> {
                            if (QueueUnavailableException.isLasting(failure)) {
                                neverStored.accept(failure);
                            } else {
                                ended.forEach(job -> giveUp(job, failure));
                            }
                            after.run();
                        }));
    }

    private void stored(List<RunningJob> ended, Set<ClaimedJob> lost) {
        for (RunningJob job : ended) {
            if (lost.contains(job.claimed())) {
                leaseLost(job);
            } else {
                jobs.release(job);
                events.fire(job.nextStep().event(job));
            }
        }
    }

    /** Another worker has the job: what this one did is not recorded. */
    void leaseLost(RunningJob job) {
        jobs.release(job);
        JobLogContext.during(
                queue,
                job.claimed(),
                () -> LOG.warnf(
                        "queue %s: job %s was lost to another worker; the result of this run is dropped",
                        queue, job.jobId()));
        events.fire(new JobEvent.LeaseLost(queue, job.claimed()));
    }

    private void giveUp(RunningJob job, Throwable failure) {
        JobLogContext.during(
                queue,
                job.claimed(),
                () -> LOG.errorf(
                        "queue %s: gave up storing the end of job %s; it will run again: %s",
                        queue, job.jobId(), FailureText.message(failure)));
        jobs.release(job);
    }
}
