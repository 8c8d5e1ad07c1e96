package io.penstock.common.queue.redis;

import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Finishes jobs that completed. One that concerns nobody else takes the short way through finish-jobs, many in one call;
 * one that frees others, has follow-ups or a result to keep goes through {@link JobEndings}.
 */
final class JobCompletions {

    /** Characters of JSON; a larger result is not kept, and the job says so. */
    private static final int MAX_KEPT_RESULT = 65_536;

    private final TransitionScripts transitions;
    private final JobEndings endings;
    private final QueuePolicy policy;
    private final Streams streams;
    private final QueuePolicies policies;
    private final String workerId;

    JobCompletions(TransitionScripts transitions, JobEndings endings, QueuePolicies policies, String workerId) {
        this.transitions = transitions;
        this.endings = endings;
        this.policy = transitions.partition().policy();
        this.streams = transitions.partition().streams();
        this.policies = policies;
        this.workerId = workerId;
    }

    /** Answers with the jobs whose lease was lost. */
    Uni<Set<ClaimedJob>> finish(List<FinishedJob> finished) {
        IdentityHashMap<ClaimedJob, FinishedJob> byJob = new IdentityHashMap<>();
        List<ClaimedJob> inOrder = new ArrayList<>(finished.size());
        List<FinishedJob> complex = new ArrayList<>();
        for (FinishedJob one : finished) {
            if (StreamLease.of(one.job()).header().extras().needsScriptToEnd()
                    || !one.followUps().isEmpty()) {
                complex.add(one);
            } else {
                byJob.put(one.job(), one);
                inOrder.add(one.job());
            }
        }
        Uni<Set<ClaimedJob>> plain =
                LostLeases.perStream(inOrder, (number, jobs) -> finishInStream(number, jobs, byJob));
        return complex.isEmpty()
                ? plain
                : RedisResults.uni(() -> finishByEndJobs(complex))
                        .chain(lost -> plain.map(others -> {
                            lost.addAll(others);
                            return lost;
                        }));
    }

    private Future<Set<ClaimedJob>> finishByEndJobs(List<FinishedJob> finished) {
        List<JobEndings.Ending> all = new ArrayList<>(finished.size());
        for (FinishedJob one : finished) {
            String record = policy.retention().completed() > 0 ? CompletedRecord.encode(one, workerId) : "";
            List<JobPlacement> followUps = one.followUps().stream()
                    .map(job -> JobPlacement.of(policies, job, null))
                    .toList();
            all.add(new JobEndings.Ending(one.job(), "c", record, keptResult(one), followUps));
        }
        return endings.endAll(all);
    }

    /** What is kept of the result apart from the record; empty: nothing. */
    private static String keptResult(FinishedJob finished) {
        String result = finished.result();
        boolean kept = StreamLease.of(finished.job()).header().extras().keepResultMs() > 0;
        return kept && result != null && result.length() <= MAX_KEPT_RESULT ? result : "";
    }

    private Future<Set<ClaimedJob>> finishInStream(
            int number, List<ClaimedJob> jobs, IdentityHashMap<ClaimedJob, FinishedJob> byJob) {
        // Of one batch no more than the kept number can survive: the last ones.
        int recorded = Math.min(jobs.size(), policy.retention().completed());
        StringJoiner records = new StringJoiner("\n");
        for (ClaimedJob job : jobs.subList(jobs.size() - recorded, jobs.size())) {
            records.add(CompletedRecord.encode(Objects.requireNonNull(byJob.get(job)), workerId));
        }
        List<Object> args = new ArrayList<>(5 + jobs.size() * 2);
        args.add(Scripts.GROUP);
        args.add(policy.retention().completed());
        args.add(recorded);
        args.add(records);
        args.add(JobId.prefix(streams, number));
        for (ClaimedJob job : jobs) {
            StreamLease lease = StreamLease.of(job);
            args.add(lease.entry());
            args.add(Objects.requireNonNullElse(lease.header().id(), ""));
        }
        int partition = streams.partition();
        List<String> scriptKeys = new ArrayList<>(7);
        scriptKeys.add(streams.key(number));
        scriptKeys.add(RedisKeys.jobs(policy.queue(), partition));
        scriptKeys.add(RedisKeys.completed(policy.queue(), partition));
        scriptKeys.add(RedisKeys.meta(policy.queue(), partition));
        scriptKeys.add(RedisKeys.cancels(policy.queue(), partition));
        scriptKeys.addAll(RetainedRecords.indexKeys(policy, partition));
        return transitions.moveAll(jobs, Scripts.FINISH_JOBS, scriptKeys, args);
    }
}
