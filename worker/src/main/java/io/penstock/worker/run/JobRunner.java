package io.penstock.worker.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.opentelemetry.api.trace.Span;
import io.penstock.common.event.JobEvents;
import io.penstock.common.job.FailureText;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.QueueConsumer;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the claimed jobs of one line: resolve the handler, decode the payload, perform the work, decide what comes next,
 * store that. A {@link RunningJob} goes all the way; {@link JobFinisher} has the last step, and {@link JobStopper} ends
 * attempts that do not end by themselves. Confined to the queue's event loop; handlers run there too and come back to it
 * from wherever they end.
 *
 * <p>Handlers may throw anything anywhere: whatever they do, each started job comes to {@link #end}, and with that to its
 * next state and its slot back to the queue.
 */
final class JobRunner {

    private static final Logger LOG = Logger.getLogger(JobRunner.class);

    /** A worker without the handler leaves the job to newer ones; so soon it looks again. */
    private static final Duration NO_HANDLER_DELAY = Duration.ofSeconds(10);

    private final QueueConsumer consumer;
    private final String queue;
    private final HandlerRegistry handlers;
    private final PayloadCodec codec;
    private final FollowUps followUps;
    private final EventLoopContext context;
    private final InstantSource clock;
    private final ProgressWriter writer;
    private final LeasedJobs jobs;
    private final JobFinisher finisher;
    private final JobStopper stopper;
    private final JobTracing tracing;

    JobRunner(
            QueueConsumer consumer,
            Slots slots,
            HandlerRegistry handlers,
            PayloadCodec codec,
            FollowUps followUps,
            JobEvents events,
            EventLoopContext context,
            InstantSource clock,
            ProgressSettings progressSettings,
            LeaseValidity validity,
            JobTracing tracing) {
        this.consumer = consumer;
        this.queue = consumer.policy().queue();
        this.handlers = handlers;
        this.codec = codec;
        this.followUps = followUps;
        this.context = context;
        this.clock = clock;
        this.tracing = tracing;
        this.writer = new ProgressWriter(consumer, progressSettings, events, context);
        this.jobs = new LeasedJobs(slots);
        this.finisher = new JobFinisher(consumer, jobs, events, context, validity);
        this.stopper = new JobStopper(consumer, jobs, finisher, context, this::end);
    }

    LeasedJobs jobs() {
        return jobs;
    }

    JobStopper stopper() {
        return stopper;
    }

    JobFinisher finisher() {
        return finisher;
    }

    /** Starts the job; a slot is free. */
    void start(ClaimedJob claimed) {
        RunningJob job = take(claimed, tracing.begin(queue, claimed));
        JobHandler<?> handler = resolve(job);
        if (handler == null) {
            return;
        }
        if (consumer.policy().isSuspect(claimed)) {
            runNoted(job, handler);
        } else {
            run(job, handler);
        }
    }

    /** The handler of a job that may begin; null: it may not, and has ended. */
    private @Nullable JobHandler<?> resolve(RunningJob job) {
        ClaimedJob claimed = job.claimed();
        if (claimed.expiresAt() != null && consumer.now().isAfter(claimed.expiresAt())) {
            end(job, () -> new NextStep.Drop(Dropped.EXPIRED, "not started by " + claimed.expiresAt()));
            return null;
        }
        JobHandler<?> handler = handlers.find(claimed.type()).orElse(null);
        if (handler == null) {
            end(job, () -> new NextStep.Snooze(NO_HANDLER_DELAY, "this worker has no handler for " + claimed.type()));
        }
        return handler;
    }

    /** Ends a claimed job that was cancelled before it began. A slot is free. */
    void dropUnstarted(ClaimedJob claimed) {
        end(take(claimed, null), () -> new NextStep.Drop(Dropped.CANCELLED, "cancelled; it had not begun"));
    }

    /** @param span null: it is not traced */
    private RunningJob take(ClaimedJob claimed, @Nullable Span span) {
        RunningJob job = new RunningJob(queue, JobTracing.within(span, claimed), clock.instant(), writer, span);
        jobs.add(job);
        return job;
    }

    /** If this run ends the worker, it is known that it was this job that ran. */
    private void runNoted(RunningJob job, JobHandler<?> handler) {
        Uni.createFrom()
                .deferred(() -> consumer.begin(job.claimed()))
                .subscribe()
                .with(
                        ours -> context.execute(() -> {
                            if (ours) {
                                run(job, handler);
                            } else {
                                stopper.drop(job);
                            }
                        }),
                        failure -> context.execute(() -> {
                            JobLogContext.during(
                                    queue,
                                    job.claimed(),
                                    () -> LOG.debugf(
                                            "queue %s: job %s begins unnoted: %s",
                                            queue, job.jobId(), failure.getMessage()));
                            run(job, handler);
                        }));
    }

    /** In a context of the job's own, for what its handler keeps there. */
    private <P> void run(RunningJob job, JobHandler<P> handler) {
        if (job.hasEnded()) {
            return;
        }
        context.newIsolated().dispatch(() -> {
            job.enterTrace();
            JobLogContext.enter(queue, job.claimed());
            try {
                job.stoppedByItself(handler.stopsItself());
                job.attempt(perform(job, handler)
                        .subscribe()
                        .with(
                                outcome -> context.execute(() -> end(job, () -> afterOutcome(job, outcome))),
                                failure -> context.execute(() -> end(job, () -> afterFailure(job, failure)))));
            } catch (Throwable e) {
                end(job, () -> afterFailure(job, e));
            }
        });
    }

    private <P> Uni<Outcome> perform(RunningJob job, JobHandler<P> handler) {
        Uni<Outcome> attempt;
        try {
            if (handler instanceof GatheredJobHandler<P> gathered) {
                List<P> items = codec.decodeAll(handler.type(), job.claimed());
                job.maskedBy(codec.maskOf(handler.type(), items));
                attempt = gathered.handleAll(items, job);
            } else {
                P payload = codec.decode(handler.type(), job.claimed());
                job.maskedBy(codec.maskOf(handler.type(), payload));
                attempt = handler.handle(payload, job);
            }
        } catch (JsonProcessingException e) {
            throw new UnrecoverableJobException("the payload does not parse: " + e.getOriginalMessage(), e);
        }
        if (attempt == null) {
            throw new UnrecoverableJobException("the handler returned no Uni");
        }
        return attempt;
    }

    private NextStep afterOutcome(RunningJob job, @Nullable Outcome outcome) {
        if (outcome == null) {
            return afterFailure(job, new UnrecoverableJobException("the handler returned no outcome"));
        }
        return NextStep.afterOutcome(
                job.claimed(), outcome, done -> complete(job.claimed(), done), ThreadLocalRandom.current());
    }

    private static NextStep afterFailure(RunningJob job, @Nullable Throwable failure) {
        return NextStep.afterFailure(job.claimed(), failure, ThreadLocalRandom.current());
    }

    /** A job whose success cannot be written down is dead: running it again would come to the same. */
    private NextStep complete(ClaimedJob job, Outcome.Completed done) {
        String result;
        try {
            result = done.result() == null ? null : codec.encodeResult(job, done.result());
        } catch (JsonProcessingException e) {
            return new NextStep.Bury("the result cannot be written as JSON: " + e.getOriginalMessage());
        } catch (Throwable e) {
            return new NextStep.Bury("the result cannot be written as JSON: " + FailureText.message(e));
        }
        try {
            List<NewJob> next = followUps.prepare(done.followUps(), job.trace());
            return new NextStep.Complete(result, next);
        } catch (Throwable e) {
            return new NextStep.Bury("a job that should follow cannot be enqueued: " + FailureText.message(e));
        }
    }

    /** The attempt ended by itself, was stopped, or could not start. Only the first end of a job counts. */
    private void end(RunningJob job, Supplier<NextStep> decision) {
        if (job.end()) {
            job.decide(decide(job, decision));
            store(job);
        }
    }

    /** A job that was asked to stop does not run again. One that completed all the same is completed. */
    private static NextStep decide(RunningJob job, Supplier<NextStep> decision) {
        NextStep step;
        try {
            step = decision.get();
        } catch (Throwable e) {
            step = new NextStep.Bury("what comes next cannot be decided: " + FailureText.withStack(e));
        }
        boolean stays = step instanceof NextStep.Complete || step instanceof NextStep.Drop;
        return job.isCancelRequested() && !stays
                ? new NextStep.Drop(Dropped.CANCELLED, "cancelled; its handler stopped")
                : step;
    }

    /** What the handler said is written down before. */
    private void store(RunningJob job) {
        job.afterFinalUpdate(() -> context.execute(() -> finisher.store(job)));
    }
}
