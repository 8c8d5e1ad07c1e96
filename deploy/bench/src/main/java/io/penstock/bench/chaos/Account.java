package io.penstock.bench.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of the jobs of a run, and whether that is what was promised.
 *
 * @param accepted jobs that producers were told are accepted
 * @param refused jobs that producers were told are not
 * @param unknown jobs of calls that failed otherwise: they may exist
 * @param unknownButRun those of them that ran
 * @param states how many of the accepted ones are in which state, by name
 * @param dead how many are dead, by reason
 * @param lost accepted and nowhere
 * @param forgotten the same, but a crash of Redis may take them by Redis's own promise
 * @param forgottenButDone how many of these had completed before
 * @param oldestForgottenMs how long before the crash the oldest of these had been accepted
 * @param unfinished accepted and not ended when the time for that was over
 * @param repeated how often a job ran again because a fault struck while it was in flight, by kind of fault
 * @param repeatedWithoutCause runs that no fault explains
 * @param acceptedTwice calls without an idempotency key that became two jobs
 * @param refusedButRun jobs that were said to be refused and exist
 * @param withoutRow completed, but their work is not in PostgreSQL
 * @param badlyEnded poison and hostile jobs that are not dead for a reason
 * @param staleEnds ends refused because the job was another worker's by then
 * @param lostAnswers ends that were stored, while the worker was told on asking again that they are refused
 * @param recoveries by kind of fault
 */
record Account(
        int accepted,
        int refused,
        int unknown,
        int unknownButRun,
        Map<String, Integer> states,
        Map<String, Integer> dead,
        List<String> lost,
        List<String> forgotten,
        int forgottenButDone,
        long oldestForgottenMs,
        List<String> unfinished,
        Map<String, Integer> repeated,
        List<String> repeatedWithoutCause,
        List<String> acceptedTwice,
        List<String> refusedButRun,
        List<String> withoutRow,
        List<String> badlyEnded,
        int staleEnds,
        int lostAnswers,
        Map<String, Recovery> recoveries,
        long slowestAnswerMs,
        List<String> surprises,
        KeyAccount keys,
        HistoryAccount history) {

    /**
     * How soon work went on after faults of one kind.
     *
     * @param intervals how many there were
     * @param measured after how many of them there was work to be done
     */
    record Recovery(int intervals, int measured, long medianMs, long mostMs) {

        static Recovery of(int intervals, List<Long> tookMs) {
            List<Long> inOrder = tookMs.stream().sorted().toList();
            return inOrder.isEmpty()
                    ? new Recovery(intervals, 0, 0, 0)
                    : new Recovery(
                            intervals,
                            inOrder.size(),
                            inOrder.get(inOrder.size() / 2),
                            inOrder.get(inOrder.size() - 1));
        }
    }

    /** One promise, and what breaks it. */
    record Promise(String words, List<String> broken) {

        boolean holds() {
            return broken.isEmpty();
        }
    }

    List<Promise> promises(Duration lease, Duration deadline) {
        List<Promise> promises = new ArrayList<>();
        promises.add(new Promise("nothing accepted is lost", lost));
        promises.add(new Promise("every accepted job has ended", unfinished));
        promises.add(new Promise("no job ran again without a cause", repeatedWithoutCause));
        promises.add(new Promise("no call became two jobs", acceptedTwice));
        promises.add(keys.promise());
        promises.add(new Promise(
                "no job ran again because Redis stood still",
                Optional.ofNullable(repeated.get(FaultInterval.REDIS_STANDS_STILL)).stream()
                        .map(number -> number + " jobs")
                        .toList()));
        promises.add(new Promise("what was said to be refused does not exist", refusedButRun));
        promises.add(new Promise("the work of every completed job is there", withoutRow));
        promises.add(new Promise("poison and hostile jobs end dead, for a reason", badlyEnded));
        promises.addAll(history.promises());
        long most = lease.toMillis() + Accountant.RECOVERY_SLACK_MS;
        promises.add(new Promise(
                "work goes on within " + most + " ms after a fault",
                recoveries.entrySet().stream()
                        .filter(entry -> entry.getValue().mostMs() > most)
                        .map(entry -> entry.getKey() + ": " + entry.getValue().mostMs() + " ms")
                        .toList()));
        promises.add(new Promise(
                "producers are answered within " + deadline.toMillis() + " ms",
                slowestAnswerMs <= deadline.toMillis() + Accountant.ANSWER_SLACK_MS
                        ? List.of()
                        : List.of("slowest answer: " + slowestAnswerMs + " ms")));
        promises.add(new Promise("nothing happened but the faults", surprises));
        return promises;
    }
}
