package io.penstock.common.queue.redis;

import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Ends claimed jobs through end-jobs: those that free others (of a group, a parent, a uniqueness key), that enqueue
 * follow-ups or keep a result, and those that are dropped.
 */
final class JobEndings {

    /** Jobs that one call of end-jobs ends and enqueues: some 20 µs of Redis each. */
    private static final int MAX_CALL_COST = 32;

    private final TransitionScripts transitions;

    JobEndings(TransitionScripts transitions) {
        this.transitions = transitions;
    }

    /** Answers with the jobs whose lease was lost. */
    Future<Set<ClaimedJob>> endAll(List<Ending> endings) {
        List<Future<Set<ClaimedJob>>> calls = new ArrayList<>();
        List<Ending> call = new ArrayList<>();
        int cost = 0;
        for (Ending ending : endings) {
            if (!call.isEmpty() && cost + ending.cost() > MAX_CALL_COST) {
                calls.add(end(call));
                call = new ArrayList<>();
                cost = 0;
            }
            call.add(ending);
            cost += ending.cost();
        }
        calls.add(end(call));
        return LostLeases.union(calls);
    }

    /** Ends a job that is not to run, or not to run on; false: its lease was lost. */
    Uni<Boolean> drop(ClaimedJob job, Dropped reason, String why) {
        String state =
                switch (reason) {
                    case EXPIRED -> "x";
                    case CANCELLED -> "k";
                    case FORCED -> "i";
                };
        return RedisResults.uni(
                () -> end(List.of(new Ending(job, state, why, "", List.of()))).map(Set::isEmpty));
    }

    /**
     * An end as end-jobs takes it.
     *
     * @param recordOrWhy of a completed job its record, empty: none; of another why it was dropped
     * @param result to keep; empty: none
     */
    record Ending(ClaimedJob job, String state, String recordOrWhy, String result, List<JobPlacement> followUps) {

        int cost() {
            return 1 + followUps.size();
        }
    }

    /** In one script; answers with the jobs whose lease was lost. */
    private Future<Set<ClaimedJob>> end(List<Ending> endings) {
        Partition partition = transitions.partition();
        int stream = StreamLease.of(endings.get(0).job()).stream();
        boolean single = endings.stream()
                .allMatch(ending -> ending.followUps().isEmpty()
                        && StreamLease.of(ending.job()).stream() == stream
                        && TransitionScripts.isAlone(StreamLease.of(ending.job())));
        List<String> keys = new ArrayList<>(
                single ? partition.keysWithOnly(partition.streams().key(stream)) : partition.keys());
        List<Object> args = partition.args(single ? stream : "", endings.size());
        List<ClaimedJob> jobs = new ArrayList<>(endings.size());
        for (Ending ending : endings) {
            ClaimedJob job = ending.job();
            StreamLease lease = StreamLease.of(job);
            jobs.add(job);
            keys.add(partition.output(job.id()));
            args.add(lease.entry());
            args.add(job.id());
            args.add(lease.stream());
            args.add(ending.state());
            args.add(TransitionScripts.movedHeader(job));
            args.add(ending.recordOrWhy());
            args.add(lease.header().extras().keepResultMs());
            args.add(ending.result());
            args.add(ending.followUps().size());
            ending.followUps()
                    .forEach(next -> args.addAll(next.argsFrom(
                            partition.policy().queue(), partition.streams().partition())));
        }
        return transitions
                .moveAll(jobs, Scripts.END_JOBS, keys, args)
                .onSuccess(lost -> endings.forEach(
                        ending -> transitions.forwardIfSent(StreamLease.of(ending.job()), ending.followUps())));
    }
}
