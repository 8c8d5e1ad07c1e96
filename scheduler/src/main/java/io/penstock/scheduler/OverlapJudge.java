package io.penstock.scheduler;

import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.schedule.ClaimedFire;
import io.penstock.common.schedule.OverlapPolicy;
import io.penstock.common.schedule.TaskExecutionStore;
import io.penstock.common.schedule.TaskExecutionStore.Note;
import io.penstock.common.schedule.TaskExecutionStore.PreviousRun;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Sorts claimed instants by their overlap policy: what runs, what is skipped, what waits. Asks the queue itself whether
 * the previous job has ended, since the log learns of it later.
 */
@ApplicationScoped
public class OverlapJudge {

    private static final int LOOK_UPS_AT_ONCE = 16;
    private static final Set<JobState> ENDED = EnumSet.of(JobState.COMPLETED, JobState.DEAD);

    /** Claimed instants, sorted. */
    record Verdict(List<ClaimedFire> run, List<Note> skip, List<Long> hold) {}

    private final TaskExecutionStore executions;
    private final JobQueue queue;
    private final int heldLimit;

    public OverlapJudge(TaskExecutionStore executions, JobQueue queue, SchedulerConfig config) {
        this.executions = executions;
        this.queue = queue;
        this.heldLimit = config.heldLimit();
    }

    Uni<Verdict> judge(List<ClaimedFire> fires) {
        return executions
                .previousRuns(fires.stream().filter(OverlapJudge::minds).toList())
                .chain(previous -> unfinished(previous).map(live -> sort(fires, previous, live)));
    }

    private static boolean minds(ClaimedFire fire) {
        return fire.definition().overlap() != OverlapPolicy.ALLOW;
    }

    /** The execution ids whose previous run has not ended. */
    private Uni<Set<Long>> unfinished(Map<Long, PreviousRun> previous) {
        return Multi.createFrom()
                .iterable(previous.entrySet())
                .onItem()
                .transformToUni(entry -> isLive(entry.getValue()).map(live -> Map.entry(entry.getKey(), live)))
                .merge(LOOK_UPS_AT_ONCE)
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .collect()
                .with(Collectors.toSet());
    }

    private Uni<Boolean> isLive(PreviousRun run) {
        String jobId = run.jobId();
        if (jobId == null) {
            return Uni.createFrom().item(true);
        }
        return queue.find(jobId)
                .map(job -> job.filter(view -> !ENDED.contains(view.state())).isPresent());
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
