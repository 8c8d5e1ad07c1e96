package io.penstock.scheduler;

import io.penstock.common.schedule.ClaimedFire;
import io.penstock.common.schedule.OverlapPolicy;
import io.penstock.common.schedule.TaskExecutionStore;
import io.penstock.common.schedule.TaskExecutionStore.Note;
import io.penstock.common.schedule.TaskExecutionStore.PreviousRun;
import io.penstock.scheduler.RunStatuses.RunJob;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Sorts claimed instants by their overlap policy: what runs, what is skipped, what waits. Asks the queue itself whether
 * the previous job has ended, since the log learns of it later.
 */
@ApplicationScoped
public class OverlapChecker {

    /** Claimed instants, sorted. */
    record Verdict(List<ClaimedFire> run, List<Note> skip, List<Long> hold) {}

    private final TaskExecutionStore executions;
    private final RunStatuses statuses;
    private final int heldLimit;

    public OverlapChecker(TaskExecutionStore executions, RunStatuses statuses, SchedulerConfig config) {
        this.executions = executions;
        this.statuses = statuses;
        this.heldLimit = config.heldLimit();
    }

    Uni<Verdict> judge(List<ClaimedFire> fires) {
        return executions
                .previousRuns(fires.stream().filter(OverlapChecker::minds).toList())
                .chain(previous -> unfinished(previous).map(live -> sort(fires, previous, live)));
    }

    private static boolean minds(ClaimedFire fire) {
        return fire.definition().overlap() != OverlapPolicy.ALLOW;
    }

    /** The execution ids whose previous run has not ended. One that is not enqueued yet has not. */
    private Uni<Set<Long>> unfinished(Map<Long, PreviousRun> previous) {
        List<RunJob> jobs = new ArrayList<>();
        previous.values().forEach(run -> {
            if (run.jobId() != null) {
                jobs.add(new RunJob(run.jobId(), run.queue()));
            }
        });
        return statuses.of(jobs).map(found -> previous.entrySet().stream()
                .filter(entry -> {
                    String jobId = entry.getValue().jobId();
                    return jobId == null || found.live().contains(jobId);
                })
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet()));
    }

    private Verdict sort(List<ClaimedFire> fires, Map<Long, PreviousRun> previous, Set<Long> unfinished) {
        Verdict verdict = new Verdict(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (ClaimedFire fire : fires) {
            PreviousRun run = previous.get(fire.executionId());
            if (run == null || !unfinished.contains(fire.executionId())) {
                verdict.run().add(fire);
            } else if (fire.definition().overlap() == OverlapPolicy.SKIP) {
                verdict.skip().add(new Note(fire.executionId(), "the previous run is unfinished"));
            } else if (run.held() >= heldLimit) {
                verdict.skip().add(new Note(fire.executionId(), run.held() + " earlier runs wait already"));
            } else {
                verdict.hold().add(fire.executionId());
            }
        }
        return verdict;
    }
}
