package io.penstock.worker.run;

import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.CancelRequest;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.penstock.common.queue.QueueConsumer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Ends attempts that do not end by themselves: those that run for too long, that somebody cancelled, whose lease was lost,
 * or that are still there when the worker stops. Confined to the queue's event loop.
 */
final class JobStopper {

    private static final Logger LOG = Logger.getLogger(JobStopper.class);

    private final QueueConsumer consumer;
    private final String queue;
    private final LeasedJobs jobs;
    private final JobFinisher finisher;
    private final EventLoopContext context;
    private final BiConsumer<RunningJob, Supplier<NextStep>> end;

    /** @param end ends an attempt, see {@link JobRunner} */
    JobStopper(
            QueueConsumer consumer,
            LeasedJobs jobs,
            JobFinisher finisher,
            EventLoopContext context,
            BiConsumer<RunningJob, Supplier<NextStep>> end) {
        this.consumer = consumer;
        this.queue = consumer.policy().queue();
        this.jobs = jobs;
        this.finisher = finisher;
        this.context = context;
        this.end = end;
    }

    /** Ends attempts that ran longer than they may. */
    void timeOutOverdue() {
        for (RunningJob job : jobs.running()) {
            if (job.isOverdue() && job.isCancelRequested()) {
                forceCancel(job);
            } else if (job.isOverdue()) {
                job.cancel();
                end.accept(job, () -> NextStep.afterTimeout(job.claimed(), ThreadLocalRandom.current()));
            }
        }
    }

    /**
     * Stops jobs that somebody cancelled. What that means depends on the handler: cut off at once, or told and left the
     * rest of the queue's grace.
     *
     * @param requests those about jobs that do not run here are passed over
     */
    void cancel(List<CancelRequest> requests) {
        IdentityHashMap<ClaimedJob, Instant> requested = new IdentityHashMap<>();
        requests.forEach(request -> requested.put(request.job(), request.requestedAt()));
        for (RunningJob job : jobs.running()) {
            Instant requestedAt = requested.get(job.claimed());
            if (requestedAt != null && job.requestCancel()) {
                JobLogContext.during(
                        queue, job.claimed(), () -> LOG.infof("queue %s: job %s is asked to stop", queue, job.jobId()));
                stop(job, requestedAt);
            }
        }
    }

    private void stop(RunningJob job, Instant requestedAt) {
        if (job.stopsItself()) {
            Duration left =
                    consumer.policy().attempts().cancelGrace().minus(Duration.between(requestedAt, consumer.now()));
            context.setTimer(Math.max(1, left.toMillis()), timer -> forceCancel(job));
        } else {
            job.cancel();
            end.accept(job, () -> new NextStep.Drop(Dropped.CANCELLED, "cancelled; its handler was stopped"));
        }
    }

    /** For a job that is already over nothing happens. */
    private void forceCancel(RunningJob job) {
        if (!job.hasEnded()) {
            JobLogContext.during(
                    queue,
                    job.claimed(),
                    () -> LOG.warnf("queue %s: job %s did not stop in time and is cut off", queue, job.jobId()));
            job.cancel();
            end.accept(job, () -> new NextStep.Drop(Dropped.FORCED, "cancelled; its handler did not stop in time"));
        }
    }

    /** Stops work on jobs that others have by now. Those whose end is on its way are told by the store. */
    void dropLost(Set<ClaimedJob> lost) {
        for (RunningJob job : jobs.running()) {
            if (lost.contains(job.claimed())) {
                drop(job);
            }
        }
    }

    /** Stops work on a job that another worker has. */
    void drop(RunningJob job) {
        if (job.end()) {
            job.cancel();
            job.discard();
            finisher.leaseLost(job);
        }
    }

    /** Breaks off what still runs and returns it, so that it can be handed back. */
    List<ClaimedJob> breakOff() {
        List<ClaimedJob> brokenOff = new ArrayList<>();
        for (RunningJob job : jobs.running()) {
            if (job.end()) {
                job.cancel();
                brokenOff.add(job.claimed());
                jobs.release(job);
            }
        }
        return brokenOff;
    }
}
