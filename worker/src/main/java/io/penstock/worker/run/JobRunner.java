package io.penstock.worker.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobEvents;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.queue.CancelRequest;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.QueueConsumer;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.mutiny.Uni;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * Runs the claimed jobs of one line: perform, decide the next step, store it. Every job under a lease is known here
 * until its end is stored, so that the lease keeper renews exactly those. Confined to the queue's event loop; handlers
 * run there too and come back to it from wherever they end.
 */
final class JobRunner {

    private static final Logger LOG = Logger.getLogger(JobRunner.class);

    /** A worker without the handler leaves the job to newer ones; so soon it looks again. */
    private static final Duration NO_HANDLER_DELAY = Duration.ofSeconds(10);
    /** See {@code FinishBuffer.GIVE_UP_AFTER}. */
    private static final Duration GIVE_UP_AFTER = Duration.ofMinutes(10);

    private final QueueConsumer consumer;
    private final String queue;
    private final Slots slots;
    private final HandlerRegistry handlers;
    private final PayloadCodec codec;
    private final FollowUps followUps;
    private final JobEvents events;
    private final ContextInternal context;
    private final InstantSource clock;
    private final PendingAcks ends;
    private final FinishBuffer finishBuffer;
    private final ProgressWriter writer;
    private final Set<RunningJob> running = Collections.newSetFromMap(new IdentityHashMap<>());
    /** Ended, but the end is not stored yet; by job, because that is what the buffer gives back. */
    private final IdentityHashMap<ClaimedJob, RunningJob> unacked = new IdentityHashMap<>();

    JobRunner(
            QueueConsumer consumer,
            Slots slots,
            HandlerRegistry handlers,
            PayloadCodec codec,
            FollowUps followUps,
            JobEvents events,
            ContextInternal context,
            InstantSource clock,
            ProgressSettings progressSettings,
            LeaseValidity proof) {
        this.consumer = consumer;
        this.queue = consumer.policy().queue();
        this.slots = slots;
        this.handlers = handlers;
        this.codec = codec;
        this.followUps = followUps;
        this.events = events;
        this.context = context;
        this.clock = clock;
        this.writer = new ProgressWriter(consumer, progressSettings, events, context);
        this.ends = new PendingAcks(proof);
        this.finishBuffer = new FinishBuffer(consumer, context, ends, this::finishStored);
    }

    /** Starts the job; a slot is free. */
    void start(ClaimedJob claimed) {
        slots.take();
        RunningJob job = new RunningJob(queue, claimed, clock.instant(), writer);
        running.add(job);
        if (isExpired(claimed)) {
            expire(job);
            return;
        }
        Optional<JobHandler<?>> handler = handlers.find(claimed.type());
        if (handler.isEmpty()) {
            ended(job, new NextStep.Snooze(NO_HANDLER_DELAY, "this worker has no handler for " + claimed.type()));
            return;
        }
        if (consumer.policy().isSuspect(claimed)) {
            begin(job, handler.get());
        } else {
            dispatch(job, handler.get());
        }
    }

    /** If this run ends the worker, it is known that it was this job that ran. */
    private void begin(RunningJob job, JobHandler<?> handler) {
        Uni.createFrom()
                .deferred(() -> consumer.begin(job.job()))
                .subscribe()
                .with(
                        ours -> context.execute(() -> {
                            if (ours) {
                                dispatch(job, handler);
                            } else {
                                drop(job);
                            }
                        }),
                        failure -> context.execute(() -> {
                            LOG.debugf("queue %s: job %s begins unnoted: %s", queue, job.jobId(), failure.getMessage());
                            dispatch(job, handler);
                        }));
    }

    private void dispatch(RunningJob job, JobHandler<?> handler) {
        if (job.hasEnded()) {
            return;
        }
        ContextInternal own = context.duplicate();
        VertxContextSafetyToggle.setContextSafe(own, true);
        own.dispatch(() -> perform(job, handler));
    }

    private boolean isExpired(ClaimedJob job) {
        return job.expiresAt() != null && consumer.now().isAfter(job.expiresAt());
    }

    private void expire(RunningJob job) {
        if (job.end()) {
            String why = "not started by " + job.job().expiresAt();
            store(job, () -> consumer.drop(job.job(), Dropped.EXPIRED, why), new JobEvent.Expired(queue, job.job()));
        }
    }

    private <P> void perform(RunningJob job, JobHandler<P> handler) {
        MDC.put("jobId", job.jobId());
        MDC.put("jobType", job.type());
        MDC.put("attempt", job.attempt());
        MDC.put("queue", queue);
        job.attempt(
                handler.stopsItself(),
                attempt(job, handler)
                        .subscribe()
                        .with(
                                outcome -> context.execute(() -> ended(
                                        job, NextStep.afterOutcome(job.job(), outcome, ThreadLocalRandom.current()))),
                                failure -> context.execute(() -> ended(
                                        job, NextStep.afterFailure(job.job(), failure, ThreadLocalRandom.current())))));
    }

    private <P> Uni<Outcome> attempt(RunningJob job, JobHandler<P> handler) {
        try {
            P payload = codec.decode(handler.type(), job.job());
            Uni<Outcome> attempt = handler.handle(payload, job);
            return attempt.onItem()
                    .ifNull()
                    .failWith(() -> new UnrecoverableJobException("the handler returned no outcome"));
        } catch (JsonProcessingException e) {
            return Uni.createFrom()
                    .failure(new UnrecoverableJobException("the payload does not parse: " + e.getOriginalMessage(), e));
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            // Of one handler alone: without this its jobs would keep their slots until they time out.
            return Uni.createFrom().failure(e);
        }
    }

    /** The attempt ended by itself, by time-out, or could not start. */
    private void ended(RunningJob job, NextStep step) {
        if (!job.end()) {
            return;
        }
        NextStep next = afterCancelRequest(job, step);
        job.afterFinalUpdate(() -> context.execute(() -> next.apply(new Ending(job))));
    }

    /** A job that was asked to stop does not run again. One that completed all the same is completed. */
    private static NextStep afterCancelRequest(RunningJob job, NextStep step) {
        return !job.isCancelRequested() || step instanceof NextStep.Done || step instanceof NextStep.Cancelled
                ? step
                : new NextStep.Cancelled(true, "cancelled; its handler stopped");
    }

    /** What is stored of a job's end, by step. */
    private final class Ending implements NextStep.Cases {

        private final RunningJob job;

        Ending(RunningJob job) {
            this.job = job;
        }

        @Override
        public void done(NextStep.Done step) {
            finish(job, step);
        }

        @Override
        public void retry(NextStep.Retry step) {
            store(
                    job,
                    () -> consumer.retryLater(job.job(), step.delay(), step.error()),
                    new JobEvent.AttemptFailed(queue, job.job(), job.ran(), step.delay(), step.error()));
        }

        @Override
        public void snooze(NextStep.Snooze step) {
            store(
                    job,
                    () -> consumer.snooze(job.job(), step.delay(), step.why()),
                    new JobEvent.Snoozed(queue, job.job(), job.ran(), step.delay(), step.why()));
        }

        @Override
        public void bury(NextStep.Bury step) {
            JobRunner.this.bury(job, step.reason());
        }

        @Override
        public void cancelled(NextStep.Cancelled step) {
            Dropped how = step.acknowledged() ? Dropped.CANCELLED : Dropped.FORCED;
            store(
                    job,
                    () -> consumer.drop(job.job(), how, step.why()),
                    new JobEvent.Cancelled(queue, job.job(), job.ran(), step.acknowledged()));
        }
    }

    private void bury(RunningJob job, String reason) {
        store(job, () -> consumer.bury(job.job(), reason), new JobEvent.Died(queue, job.job(), job.ran(), reason));
    }

    private void finish(RunningJob job, NextStep.Done done) {
        String result;
        List<NewJob> next;
        try {
            result = encode(job.job(), done.result());
            next = followUps.prepare(done.followUps());
        } catch (JsonProcessingException e) {
            bury(job, "the result cannot be written as JSON: " + e.getOriginalMessage());
            return;
        } catch (IllegalArgumentException e) {
            bury(job, "a job that should follow cannot be enqueued: " + e.getMessage());
            return;
        }
        running.remove(job);
        unacked.put(job.job(), job);
        slots.unacked(1);
        slots.giveBack(job.ran());
        finishBuffer.add(new FinishedJob(job.job(), job.startedAt(), clock.instant(), result, next));
    }

    private @Nullable String encode(ClaimedJob job, @Nullable Object result) throws JsonProcessingException {
        return result == null ? null : codec.encodeResult(job, result);
    }

    private void finishStored(FinishedJob finished, boolean accepted) {
        slots.unacked(-1);
        RunningJob job = unacked.remove(finished.job());
        if (!accepted) {
            refused(finished.job());
        } else if (job != null) {
            Duration ran = Duration.between(finished.startedAt(), finished.finishedAt());
            events.fire(new JobEvent.Completed(queue, finished.job(), job.waited(), ran, finished.result()));
        }
    }

    /** Stores an end that is not a success. The slot is kept until then: such ends are few, and a storm of them must slow down. */
    private void store(RunningJob job, Supplier<Uni<Boolean>> transition, JobEvent event) {
        PendingAcks.Ticket ticket = ends.begin();
        Uni.createFrom()
                .deferred(() -> transition.get())
                .onFailure()
                .invoke(ticket::failed)
                .onFailure()
                .retry()
                .withBackOff(Duration.ofMillis(100), Duration.ofSeconds(2))
                .expireIn(GIVE_UP_AFTER.toMillis())
                .onTermination()
                .invoke(ticket::over)
                .subscribe()
                .with(
                        accepted -> context.execute(() -> stored(job, accepted || ticket.storedBefore(), event)),
                        failure -> context.execute(() -> {
                            LOG.errorf(
                                    failure,
                                    "queue %s: gave up storing the end of job %s; it will run again",
                                    queue,
                                    job.jobId());
                            release(job);
                        }));
    }

    private void stored(RunningJob job, boolean accepted, JobEvent event) {
        release(job);
        if (accepted) {
            events.fire(event);
        } else {
            refused(job.job());
        }
    }

    private void refused(ClaimedJob job) {
        LOG.warnf("queue %s: job %s was lost to another worker; the result of this run is dropped", queue, job.id());
        events.fire(new JobEvent.LeaseLost(queue, job));
    }

    private void release(RunningJob job) {
        running.remove(job);
        slots.giveBack(job.ran());
    }

    /** Ends attempts that ran longer than they may. */
    void timeOutOverdue() {
        for (RunningJob job : List.copyOf(running)) {
            if (job.isOverdue() && job.isCancelRequested()) {
                forceCancel(job);
            } else if (job.isOverdue()) {
                job.cancel();
                ended(
                        job,
                        NextStep.afterFailedAttempt(
                                job.job(),
                                "timed out after " + job.job().timeout().toMillis() + " ms",
                                null,
                                ThreadLocalRandom.current()));
            }
        }
    }

    /**
     * Stops jobs that somebody cancelled. What that means depends on the handler: cut off at once, or told and left the
     * rest of the queue's grace.
     *
     * @param requests those about jobs that do not run here are passed over
     */
    void cancelRequested(List<CancelRequest> requests) {
        IdentityHashMap<ClaimedJob, Instant> asked = new IdentityHashMap<>();
        requests.forEach(request -> asked.put(request.job(), request.requestedAt()));
        for (RunningJob job : List.copyOf(running)) {
            Instant requestedAt = asked.get(job.job());
            if (requestedAt != null && job.requestCancel()) {
                LOG.infof("queue %s: job %s is asked to stop", queue, job.jobId());
                if (job.stopsItself()) {
                    Duration left = consumer.policy()
                            .attempts()
                            .cancelGrace()
                            .minus(Duration.between(requestedAt, consumer.now()));
                    context.setTimer(Math.max(1, left.toMillis()), timer -> forceCancel(job));
                } else {
                    job.cancel();
                    ended(job, new NextStep.Cancelled(true, "cancelled; its handler was stopped"));
                }
            }
        }
    }

    /** For a job that is already over nothing happens. */
    private void forceCancel(RunningJob job) {
        if (!job.hasEnded()) {
            LOG.warnf("queue %s: job %s did not stop in time and is cut off", queue, job.jobId());
            job.cancel();
            ended(job, new NextStep.Cancelled(false, "cancelled; its handler did not stop in time"));
        }
    }

    /** Ends a claimed job that was cancelled before it began. A slot is free. */
    void dropUnstarted(ClaimedJob claimed) {
        slots.take();
        RunningJob job = new RunningJob(queue, claimed, clock.instant(), writer);
        running.add(job);
        ended(job, new NextStep.Cancelled(true, "cancelled; it had not begun"));
    }

    /** Jobs that handlers are working on. */
    Collection<ClaimedJob> atWork() {
        return running.stream().map(RunningJob::job).toList();
    }

    /** Jobs whose leases have to be kept. */
    Collection<ClaimedJob> leased() {
        List<ClaimedJob> jobs = new ArrayList<>(running.size() + unacked.size());
        running.forEach(job -> jobs.add(job.job()));
        jobs.addAll(unacked.keySet());
        return jobs;
    }

    /** Stops work on jobs that others have by now. Those whose end is on its way are told by the store. */
    void dropLost(Set<ClaimedJob> lost) {
        for (RunningJob job : List.copyOf(running)) {
            if (lost.contains(job.job())) {
                drop(job);
            }
        }
    }

    private void drop(RunningJob job) {
        if (job.end()) {
            job.cancel();
            job.discard();
            release(job);
            refused(job.job());
        }
    }

    /** Breaks off what still runs and returns it, so that it can be handed back. */
    List<ClaimedJob> breakOff() {
        List<ClaimedJob> jobs = new ArrayList<>();
        for (RunningJob job : List.copyOf(running)) {
            if (job.end()) {
                job.cancel();
                jobs.add(job.job());
                release(job);
            }
        }
        return jobs;
    }

    /** How long the end of a job has been on its way to the store; zero when none is. */
    Duration longestStore() {
        return ends.longest();
    }

    /** True when every end is stored. */
    boolean isQuiet() {
        return running.isEmpty() && unacked.isEmpty();
    }

    int running() {
        return running.size();
    }

    /** Jobs that run, and those that have ended but whose end is not stored. */
    int inHand() {
        return running.size() + unacked.size();
    }
}
