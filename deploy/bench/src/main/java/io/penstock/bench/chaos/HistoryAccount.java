package io.penstock.bench.chaos;

import io.penstock.common.job.JobState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether the history tells of every end.
 *
 * @param ends accepted jobs that have ended, by what Redis knows
 * @param late how many of them had no row when the run was over, and got one from what the queue keeps; by cause
 * @param lateWithoutCause the same, where nothing explains that their worker did not write the row
 * @param missing ends that have no row at all
 * @param twice ends that have more than one
 */
record HistoryAccount(
        int ends, Map<String, Integer> late, List<String> lateWithoutCause, List<String> missing, List<String> twice) {

    /**
     * How long after its end a row may still be in its worker alone, while PostgreSQL answers: the time between two batches,
     * what a batch takes, and the longest pause between tries.
     */
    private static final long MOST_WAIT_MS = 6_000;

    private static final long READING_SLACK_MS = 50;

    private static final Set<Journal.Mark> ENDS =
            EnumSet.of(Journal.Mark.COMPLETED, Journal.Mark.DIED, Journal.Mark.CANCELLED);

    static HistoryAccount of(Evidence evidence, List<Evidence.Enqueue> accepted) {
        Map<String, Evidence.Run> endedBy = new HashMap<>();
        Map<String, Evidence.Run> latest = new HashMap<>();
        for (Evidence.Run run : evidence.runs()) {
            latest.merge(run.id(), run, (a, b) -> a.begunMs() > b.begunMs() ? a : b);
            if (run.outcome() != null && ENDS.contains(run.outcome())) {
                endedBy.put(run.id(), run);
            }
        }
        int ends = 0;
        Map<String, Integer> late = new TreeMap<>();
        List<String> lateWithoutCause = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        List<String> twice = new ArrayList<>();
        for (Evidence.Enqueue job : accepted) {
            Evidence.FinalState end = evidence.finalStates().get(job.id());
            if (end == null || !end.state().hasEnded()) {
                continue;
            }
            ends++;
            String told = job.tag() + " (" + job.id() + ", " + end.state() + ")";
            List<String> rows = evidence.history().repaired().getOrDefault(job.id(), List.of());
            if (!rows.contains(end.state().name())) {
                missing.add(told);
            } else if (!evidence.history()
                    .written()
                    .getOrDefault(job.id(), List.of())
                    .contains(end.state().name())) {
                cause(evidence, job, end, endedBy.get(job.id()), latest.get(job.id()))
                        .ifPresentOrElse(cause -> late.merge(cause, 1, Integer::sum), () -> lateWithoutCause.add(told));
            }
            if (rows.size() > 1 && evidence.mayForgetMs() == 0) {
                twice.add(told + ": " + rows);
            }
        }
        return new HistoryAccount(ends, late, lateWithoutCause, missing, twice);
    }

    /** @param run that told of the end; null: none did */
    private static Optional<String> cause(
            Evidence evidence,
            Evidence.Enqueue job,
            Evidence.FinalState end,
            Evidence.@Nullable Run run,
            Evidence.@Nullable Run latest) {
        if (run != null) {
            return killed(evidence, run.worker()::equals, run.outcomeMs());
        }
        if (latest == null) {
            // Called off between claim and begin, of which nobody writes down whose claim it was: any killed worker's.
            return end.state() == JobState.CANCELLED ? killed(evidence, worker -> true, job.atMs()) : Optional.empty();
        }
        // A job that a rescue gave up has its row without any worker; one that died by its last attempt has not.
        return end.state() == JobState.DEAD
                ? killed(evidence, latest.worker()::equals, latest.begunMs())
                : Optional.of("its worker did not hear of the end");
    }

    /** How a worker was killed so soon after an end, or after the begin of what it never told the end of. */
    private static Optional<String> killed(Evidence evidence, Predicate<String> worker, long sinceMs) {
        long till = sinceMs + MOST_WAIT_MS + outagesMs(evidence, sinceMs);
        return evidence.intervals().stream()
                .filter(interval -> interval.kind().equals(WorkerFaults.KILL)
                        || interval.kind().equals(PoisonJob.KIND))
                .filter(interval -> worker.test(interval.target()))
                .filter(interval -> interval.fromMs() >= sinceMs - READING_SLACK_MS && interval.fromMs() <= till)
                .map(FaultInterval::kind)
                .findFirst();
    }

    /** While PostgreSQL is away rows wait. */
    private static long outagesMs(Evidence evidence, long endedMs) {
        return evidence.intervals().stream()
                .filter(FaultInterval::stopsWork)
                .filter(interval -> interval.kind().contains("PostgreSQL")
                        && interval.toMs() >= endedMs
                        && interval.fromMs() <= endedMs + MOST_WAIT_MS)
                .mapToLong(interval -> interval.toMs() - interval.fromMs())
                .sum();
    }

    List<Account.Promise> promises() {
        return List.of(
                new Account.Promise("every end has its row in the history", missing),
                new Account.Promise("no row came late without a cause", lateWithoutCause),
                new Account.Promise("no end has two rows", twice));
    }
}
