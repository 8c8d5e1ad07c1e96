package io.penstock.common.queue.redis;

import io.penstock.common.job.FailureKind;
import io.penstock.common.queue.ClaimedJob;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Releases claimed jobs that did not complete: to a later attempt, back to their queue at once, or to the dead ones. */
final class JobReleaser {

    private final TransitionScripts transitions;
    private final Partition partition;

    JobReleaser(TransitionScripts transitions) {
        this.transitions = transitions;
        this.partition = transitions.partition();
    }

    Uni<Boolean> retryLater(ClaimedJob job, Duration delay, String error, FailureKind kind) {
        String header = TransitionScripts.movedHeader(job, job.failedAttempts() + 1, kind);
        return reschedule(job, header, delay, "f", error);
    }

    Uni<Boolean> snooze(ClaimedJob job, Duration delay, String why) {
        return reschedule(job, TransitionScripts.movedHeader(job), delay, "s", why);
    }

    private Uni<Boolean> reschedule(ClaimedJob job, String header, Duration delay, String state, String reason) {
        StreamLease lease = StreamLease.of(job);
        List<Object> args = partition.args(
                TransitionScripts.singleStream(lease),
                lease.entry(),
                job.id(),
                lease.stream(),
                header,
                Reason.toLine(reason),
                job.payload(),
                Math.max(1, delay.toMillis()),
                state);
        return transitions.moveOne(Scripts.RESCHEDULE_JOB, transitions.keysFor(lease), args);
    }

    Uni<Boolean> bury(ClaimedJob job, String reason, FailureKind kind) {
        StreamLease lease = StreamLease.of(job);
        List<Object> args = partition.args(
                TransitionScripts.singleStream(lease),
                lease.entry(),
                job.id(),
                lease.stream(),
                TransitionScripts.movedHeader(job, job.failedAttempts() + 1, kind),
                Reason.toLine(reason),
                job.payload());
        return transitions
                .moveOne(Scripts.BURY_JOB, transitions.keysFor(lease), args)
                .invoke(done -> transitions.forwardIfSent(lease, List.of()));
    }

    /** Answers with the jobs whose lease was lost. */
    Uni<Set<ClaimedJob>> handBack(List<ClaimedJob> jobs) {
        return LostLeases.perStream(jobs, (number, ofStream) -> {
            List<Object> args = partition.args("", number);
            for (ClaimedJob job : ofStream) {
                args.add(StreamLease.of(job).entry());
                args.add(job.id());
                args.add(TransitionScripts.movedHeader(job));
                args.add(job.payload());
            }
            return transitions.moveAll(ofStream, Scripts.HAND_BACK_JOBS, partition.keys(), args);
        });
    }
}
