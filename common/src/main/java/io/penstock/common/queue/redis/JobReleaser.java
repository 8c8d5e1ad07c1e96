package io.penstock.common.queue.redis;

import io.penstock.common.job.FailureKind;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.redis.LuaScript;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Releases claimed jobs that did not complete: to a later attempt, back to their queue at once, or to the dead ones. */
final class JobReleaser {

    private final TransitionScripts transitions;

    JobReleaser(TransitionScripts transitions) {
        this.transitions = transitions;
    }

    Uni<Boolean> retryLater(ClaimedJob job, Duration delay, String error, FailureKind kind) {
        String header = TransitionScripts.movedHeader(job, job.failedAttempts() + 1, kind);
        return reschedule(job, header, delay, "f", error, false);
    }

    Uni<Boolean> snooze(ClaimedJob job, Duration delay, String why) {
        return reschedule(job, TransitionScripts.movedHeader(job), delay, "s", why, false);
    }

    Uni<Boolean> snoozeWithGroup(ClaimedJob job, Duration delay, String why) {
        return reschedule(job, TransitionScripts.movedHeader(job), delay, "s", why, true);
    }

    private Uni<Boolean> reschedule(
            ClaimedJob job, String header, Duration delay, String state, String reason, boolean pausesGroup) {
        StreamLease lease = StreamLease.of(job);
        List<Object> args = transitions
                .partition()
                .args(
                        TransitionScripts.singleStream(lease),
                        lease.entry(),
                        job.id(),
                        lease.stream(),
                        header,
                        Reason.toLine(reason),
                        job.payload(),
                        Math.max(1, delay.toMillis()),
                        state,
                        pausesGroup ? 1 : 0);
        List<String> keys = new ArrayList<>(transitions.keysFor(lease));
        if (pausesGroup) {
            keys.add(transitions.pausedGroupsKey());
        }
        return transitions.moveOne(Scripts.RESCHEDULE_JOB, keys, args);
    }

    /** Answers with the jobs that stay with the caller. */
    Uni<Set<ClaimedJob>> park(List<ClaimedJob> jobs) {
        return perStream(jobs, Scripts.PARK_JOBS);
    }

    Uni<Boolean> bury(ClaimedJob job, String reason, FailureKind kind) {
        StreamLease lease = StreamLease.of(job);
        List<Object> args = transitions
                .partition()
                .args(
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
        return perStream(jobs, Scripts.HAND_BACK_JOBS);
    }

    private Uni<Set<ClaimedJob>> perStream(List<ClaimedJob> jobs, LuaScript script) {
        return LostLeases.perStream(jobs, (number, ofStream) -> {
            Partition partition = transitions.partition();
            List<Object> args = partition.args("", number);
            for (ClaimedJob job : ofStream) {
                args.add(StreamLease.of(job).entry());
                args.add(job.id());
                args.add(TransitionScripts.movedHeader(job));
                args.add(job.payload());
            }
            return transitions.moveAll(ofStream, script, partition.keys(), args);
        });
    }
}
