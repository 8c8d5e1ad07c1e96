package io.penstock.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.bench.chaos.ChaosProducer.Answer;
import io.penstock.bench.chaos.Evidence.Enqueue;
import io.penstock.bench.chaos.Evidence.FinalState;
import io.penstock.bench.chaos.Evidence.Run;
import io.penstock.bench.chaos.Journal.Mark;
import io.penstock.common.job.JobState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Made-up evidence: what the accountant must notice, and what it must not take for a broken promise. */
class AccountantTest {

    private static final int PARTITIONS = 2;
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration DEADLINE = Duration.ofSeconds(1);
    private static final String LOST = "nothing accepted is lost";
    private static final String UNFINISHED = "every accepted job has ended";
    private static final String WITHOUT_CAUSE = "no job ran again without a cause";
    private static final String KEY_TWICE = "no idempotency key became two jobs";
    private static final String KEY_TWICE_AFTER_CRASH =
            "no idempotency key became two jobs, but where a crash may have taken it";
    private static final String STOOD_STILL = "no job ran again because Redis stood still";
    private static final String NO_HISTORY = "every end has its row in the history";
    private static final String LATE_ROW = "no row came late without a cause";
    private static final String TWO_ROWS = "no end has two rows";
    private static final String TWICE = "no call became two jobs";
    private static final String REFUSED = "what was said to be refused does not exist";
    private static final String ROWS = "the work of every completed job is there";
    private static final String POISON = "poison and hostile jobs end dead, for a reason";
    private static final String GOES_ON = "work goes on within 4000 ms after a fault";
    private static final String ANSWERED = "producers are answered within 1000 ms";
    private static final String SURPRISES = "nothing happened but the faults";

    private final List<Enqueue> enqueues = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private final Map<String, FinalState> finalStates = new HashMap<>();
    private final Set<String> rows = new HashSet<>();
    private final Set<String> poison = new HashSet<>();
    private final Set<String> stubborn = new HashSet<>();
    private final Set<String> hostile = new HashSet<>();
    private final Map<String, List<String>> written = new HashMap<>();
    private final Map<String, List<String>> repaired = new HashMap<>();
    private final FaultLog log = new FaultLog();
    private long mayForgetMs;

    private Account account() {
        return Accountant.account(new Evidence(
                enqueues,
                runs,
                finalStates,
                rows,
                poison,
                stubborn,
                hostile,
                new Evidence.History(written, repaired),
                log.intervals(),
                log.surprises(),
                LEASE,
                DEADLINE,
                mayForgetMs,
                PARTITIONS));
    }

    private List<String> broken() {
        return account().promises(LEASE, DEADLINE).stream()
                .filter(promise -> !promise.holds())
                .map(Account.Promise::words)
                .toList();
    }

    private void accepted(String tag, long atMs) {
        enqueues.add(new Enqueue(Answer.ACCEPTED, atMs, tag, 5, "id-" + tag, Optional.empty(), ""));
    }

    private void ran(String tag, String worker, long begunMs, @Nullable Mark outcome, long outcomeMs) {
        runs.add(new Run(worker, "id-" + tag, tag, begunMs, false, outcome, outcomeMs));
    }

    private void completedInTheEnd(String tag, String worker) {
        ended(tag, JobState.COMPLETED, "", worker);
        rows.add(tag);
    }

    private void ended(String tag, JobState state, String reason, String worker) {
        finalStates.put("id-" + tag, new FinalState(state, reason, worker));
        written.put("id-" + tag, List.of(state.name()));
        repaired.put("id-" + tag, List.of(state.name()));
    }

    /** One that nothing is wrong with. */
    private void goodJob(String tag, long atMs) {
        accepted(tag, atMs);
        ran(tag, "w0-0", atMs + 10, Mark.COMPLETED, atMs + 50);
        completedInTheEnd(tag, "w0-0");
    }

    @Test
    void findsNothingWhereNothingIsWrong() {
        goodJob("a", 1_000);

        assertThat(broken()).isEmpty();
        assertThat(account().accepted()).isEqualTo(1);
        assertThat(account().states()).containsExactly(Map.entry("COMPLETED", 1));
    }

    @Test
    void noticesAnAcceptedJobThatIsNowhere() {
        goodJob("a", 1_000);
        accepted("b", 2_000);

        assertThat(broken()).containsExactly(LOST);
        assertThat(account().lost()).containsExactly("b (id-b)");
    }

    @Test
    void excusesALossOnlyShortlyBeforeACrashOfAStoreThatMayForget() {
        accepted("early", 1_000);
        accepted("late", 4_500);
        goodJob("after", 7_000);
        log.crashOfStore("restart Redis", 5_000, 5_500);

        assertThat(account().lost()).hasSize(2);

        mayForgetMs = 2_000;
        assertThat(account().lost()).containsExactly("early (id-early)");
        assertThat(account().forgotten()).containsExactly("late (id-late)");
    }

    /** In partition 1 by the hash of their ids: all but the last. */
    @Test
    void excusesALossAtATakeoverOnlySinceTheReplicaHadEverythingAndInItsPartition() {
        mayForgetMs = 10_000;
        accepted("a", 4_000);
        accepted("c", 4_600);
        accepted("e", 5_900);
        accepted("g", 7_000);
        accepted("d", 4_600);
        ran("e", "w0-0", 5_910, Mark.COMPLETED, 5_950);
        log.takeover("kill -9 the master", 5_000, takeover(4_500, 6_000, 1));

        assertThat(account().forgotten()).containsExactly("c (id-c)", "e (id-e)");
        assertThat(account().forgottenButDone()).isEqualTo(1);
        assertThat(account().oldestForgottenMs()).isEqualTo(400);
        assertThat(account().lost()).containsExactly("a (id-a)", "g (id-g)", "d (id-d)");
    }

    @Test
    void excusesNoLossBeforeATakeoverThatTheStoreDoesNotAllow() {
        mayForgetMs = 1_000;
        accepted("a", 3_900);
        accepted("c", 4_100);
        log.takeover("kill -9 the master", 5_000, takeover(2_000, 6_000, 1));

        assertThat(account().lost()).containsExactly("a (id-a)");
        assertThat(account().forgotten()).containsExactly("c (id-c)");
    }

    /** Of a server that nobody has to start for it. */
    private Takeover takeover(long hadAllMs, long settledMs, int partition) {
        return new Takeover(4_900, hadAllMs, settledMs, Set.of(partition));
    }

    @Test
    void noticesAPartitionInWhichWorkDoesNotGoOn() {
        accepted("a", 1_000);
        ran("a", "w0-0", 12_100, Mark.COMPLETED, 12_150);
        completedInTheEnd("a", "w0-0");
        goodJob("c", 13_000);
        goodJob("b", 6_100);
        log.outage("move a partition", 5_000, 6_000, Set.of(0));

        assertThat(broken()).isEmpty();

        log.outage("move a partition", 5_000, 6_000, Set.of(1));
        assertThat(broken()).containsExactly(GOES_ON);
        assertThat(account().recoveries().get("move a partition").mostMs()).isEqualTo(12_150 - 6_000);
    }

    @Test
    void noticesAJobThatHasNotEnded() {
        accepted("a", 1_000);
        finalStates.put("id-a", new FinalState(JobState.ACTIVE, "", ""));

        assertThat(broken()).containsExactly(UNFINISHED);
    }

    @Test
    void noticesARunAfterACompletionWhateverFaultsThereWere() {
        goodJob("a", 1_000);
        ran("a", "w1-0", 4_000, Mark.REFUSED, 4_100);
        log.onWorker("kill -9 a worker", "w0-0", 1_500, 1_500);
        log.crashOfStore("restart Redis", 1_500, 2_000);

        assertThat(broken()).containsExactly(WITHOUT_CAUSE);
    }

    @Test
    void noticesARunAgainThatNoFaultExplains() {
        accepted("a", 1_000);
        ran("a", "w0-0", 1_010, null, 0);
        ran("a", "w1-0", 4_000, Mark.COMPLETED, 4_100);
        completedInTheEnd("a", "w1-0");
        log.onWorker("kill -9 a worker", "w2-0", 1_500, 1_500);
        goodJob("b", 5_000);

        assertThat(broken()).containsExactly(WITHOUT_CAUSE);
    }

    @Test
    void explainsARunAgainByWhatStruckItsWorker() {
        accepted("a", 1_000);
        ran("a", "w0-0", 1_010, null, 0);
        ran("a", "w1-0", 4_000, Mark.COMPLETED, 4_100);
        completedInTheEnd("a", "w1-0");
        log.onWorker("kill -9 a worker", "w0-0", 1_500, 1_500);

        assertThat(account().repeated()).containsExactly(Map.entry("kill -9 a worker", 1));
        assertThat(broken()).isEmpty();
    }

    @Test
    void aCutExplainsARunAgainOnlyOnceTheLeaseCanHaveEnded() {
        accepted("a", 1_000);
        ran("a", "w0-0", 1_010, Mark.REFUSED, 3_500);
        log.onAll("cut connections", 1_100, 1_100);
        goodJob("z", 9_000);
        ran("a", "w1-0", 3_200, Mark.COMPLETED, 3_300);
        completedInTheEnd("a", "w1-0");

        assertThat(account().repeated()).containsExactly(Map.entry("cut connections", 1));
        assertThat(account().staleEnds()).isEqualTo(1);

        runs.set(runs.size() - 1, new Run("w1-0", "id-a", "a", 1_900, false, Mark.COMPLETED, 2_000));
        assertThat(broken()).containsExactly(WITHOUT_CAUSE);
    }

    @Test
    void aWorkerThatWasStoppedMayBeginWhatAnotherHasDoneMeanwhile() {
        goodJob("a", 3_000);
        ran("a", "w1-0", 4_800, Mark.REFUSED, 4_850);
        log.onWorker("SIGSTOP a worker", "w1-0", 1_600, 4_600);

        assertThat(account().repeated()).containsExactly(Map.entry("SIGSTOP a worker", 1));
        assertThat(broken()).isEmpty();

        runs.set(1, new Run("w1-0", "id-a", "a", 4_800, false, Mark.COMPLETED, 4_850));
        assertThat(broken()).containsExactly(WITHOUT_CAUSE);
    }

    @Test
    void aRunThatWasPutOffIsNotARepeat() {
        accepted("a", 1_000);
        ran("a", "w0-0", 1_010, Mark.PUT_OFF, 1_020);
        runs.add(new Run("w0-0", "id-a", "a", 1_400, true, Mark.REFUSED, 1_500));
        ran("a", "w0-0", 1_800, Mark.COMPLETED, 1_900);
        completedInTheEnd("a", "w0-0");

        assertThat(account().repeated()).isEmpty();
        assertThat(broken()).isEmpty();
    }

    @Test
    void aCompletionThatTheStoreForgotExplainsARunAgain() {
        goodJob("a", 1_000);
        ran("a", "w1-0", 4_000, Mark.COMPLETED, 4_100);
        log.crashOfStore("restart Redis", 1_500, 2_000);

        assertThat(broken()).containsExactly(WITHOUT_CAUSE);

        mayForgetMs = 2_000;
        assertThat(broken()).isEmpty();
    }

    @Test
    void aStartAfterAStopExplainsTheRunOfWhoeverTookTheJobOver() {
        accepted("a", 900);
        ran("a", "w1-0", 5_000, null, 0);
        ran("a", "w0-0", 5_020, Mark.COMPLETED, 5_100);
        completedInTheEnd("a", "w0-0");
        log.onWorker("SIGSTOP a worker", "w1-0", 1_000, 2_900);

        assertThat(broken()).containsExactly(WITHOUT_CAUSE);

        log.onWorker("SIGSTOP a worker", "w1-0", 1_000, 4_200);
        assertThat(broken()).isEmpty();
    }

    @Test
    void aStartAfterAStopIsARepeatWithACauseAlsoWhereTheOtherBeganFirst() {
        accepted("a", 900);
        ran("a", "w0-0", 5_000, Mark.COMPLETED, 5_100);
        ran("a", "w1-0", 5_050, Mark.REFUSED, 5_600);
        completedInTheEnd("a", "w0-0");

        assertThat(broken()).containsExactly(WITHOUT_CAUSE);

        log.onWorker("SIGSTOP a worker", "w1-0", 1_800, 4_900);
        assertThat(broken()).isEmpty();
    }

    /** The first worker's end is stored as that of the second's run, whose own is refused: they have the same entry. */
    @Test
    void aClaimThatTheStoreForgotExplainsARunBesideTheFirst() {
        mayForgetMs = 10_000;
        accepted("a", 1_000);
        ran("a", "w1-0", 5_500, Mark.COMPLETED, 6_400);
        ran("a", "w0-0", 6_200, Mark.REFUSED, 6_500);
        completedInTheEnd("a", "w1-0");
        log.takeover("SENTINEL FAILOVER", 5_000, takeover(5_600, 6_000, 1));

        assertThat(broken()).containsExactly(WITHOUT_CAUSE);

        log.takeover("SENTINEL FAILOVER", 5_000, takeover(5_400, 6_000, 1));
        assertThat(broken()).isEmpty();
        assertThat(account().repeated()).containsExactly(Map.entry("undone by a crash of Redis", 1));
    }

    @Test
    void noticesOneCallThatBecameTwoJobs() {
        goodJob("a", 1_000);
        runs.add(new Run("w0-0", "another-id", "a", 900, false, Mark.PUT_OFF, 950));

        assertThat(broken()).containsExactly(TWICE);
    }

    @Test
    void noticesARefusedJobThatRan() {
        enqueues.add(new Enqueue(Answer.REFUSED, 1_000, "a", 5, Evidence.NO_ID, Optional.empty(), "Redis is full"));
        enqueues.add(new Enqueue(Answer.UNKNOWN, 1_000, "b", 5, Evidence.NO_ID, Optional.empty(), "connection closed"));
        ran("b", "w0-0", 1_100, Mark.COMPLETED, 1_150);

        assertThat(broken()).isEmpty();
        assertThat(account().unknownButRun()).isEqualTo(1);

        ran("a", "w0-0", 1_100, Mark.COMPLETED, 1_150);
        assertThat(broken()).containsExactly(REFUSED);
    }

    @Test
    void noticesACompletedJobWithoutItsWork() {
        goodJob("a", 1_000);
        rows.clear();

        assertThat(broken()).containsExactly(ROWS);
    }

    @Test
    void noticesPoisonThatIsNotDead() {
        goodJob("a", 1_000);
        poison.add("a");

        assertThat(broken()).containsExactly(POISON);
    }

    @Test
    void noticesWorkThatDoesNotGoOn() {
        goodJob("a", 1_000);
        log.onAll("cut connections", 1_100, 1_100);
        goodJob("b", 5_100);

        assertThat(broken()).containsExactly(GOES_ON);
        assertThat(account().recoveries().get("cut connections").mostMs()).isEqualTo(5_150 - 1_100);
    }

    @Test
    void expectsNoWorkToGoOnWhereAllThatIsLeftTakesItsTime() {
        goodJob("a", 1_000);
        log.onAll("poison job", 1_100, 1_100);
        goodJob("b", 9_000);
        stubborn.add("b");

        assertThat(broken()).isEmpty();
    }

    @Test
    void countsTheTimeOfAnOutageToTheOutage() {
        goodJob("a", 1_000);
        log.onAll("cut connections", 1_100, 1_100);
        log.crashOfStore("restart Redis", 2_000, 5_000);
        goodJob("b", 5_100);

        assertThat(broken()).isEmpty();
        assertThat(account().recoveries().get("restart Redis").mostMs()).isEqualTo(150);
    }

    @Test
    void noticesAProducerThatHangs() {
        goodJob("a", 1_000);
        enqueues.add(new Enqueue(Answer.UNKNOWN, 3_000, "b", 1_500, Evidence.NO_ID, Optional.empty(), "too late"));

        assertThat(broken()).containsExactly(ANSWERED);
    }

    @Test
    void noticesAProcessThatEndedByItself() {
        goodJob("a", 1_000);
        log.surprise("w0-0 ended by itself, exit code 1");

        assertThat(broken()).containsExactly(SURPRISES);
    }

    @Test
    void tellsAnEndWhoseAnswerWasLostFromAStaleOne() {
        accepted("a", 1_000);
        ran("a", "w0-0", 1_010, Mark.REFUSED, 1_500);
        completedInTheEnd("a", "w0-0");

        assertThat(account().lostAnswers()).isEqualTo(1);
        assertThat(account().staleEnds()).isZero();
    }

    @Test
    void noticesWhatGrows() {
        Growth.State start = new Growth.State(10, 13, 20, 10 << 20);

        assertThat(new Growth(start, start).promise().holds()).isTrue();
        assertThat(new Growth(start, new Growth.State(20, 13, 20, 10 << 20))
                        .promise()
                        .broken())
                .containsExactly("connections: 10 to 20");
        assertThat(new Growth(start, new Growth.State(10, 100, 90, 90 << 20))
                        .promise()
                        .broken())
                .hasSize(3);
    }

    @Test
    void readsAJournalByRuns() {
        List<Run> read = Evidence.runs(
                "w0-0",
                List.of(
                        "BEGUN 100 id-a 1 a",
                        "BEGUN 110 id-b 1 b",
                        "PUTTING_OFF 120 id-a 1",
                        "REFUSED 130 id-a 1",
                        "ENDED 140 id-b 1",
                        "BEGUN 150 id-a 1 a",
                        "COMPLETED 160 id-b 1"));

        assertThat(read)
                .containsExactly(
                        new Run("w0-0", "id-a", "a", 100, true, Mark.REFUSED, 130),
                        new Run("w0-0", "id-b", "b", 110, false, Mark.COMPLETED, 160),
                        new Run("w0-0", "id-a", "a", 150, false, null, 0));
    }

    private void acceptedWithKey(String tag, int tries, int unknown, long firstMs, long atMs) {
        Optional<Evidence.Tries> repeated = Optional.of(new Evidence.Tries(tries, unknown, firstMs));
        enqueues.add(new Enqueue(Answer.ACCEPTED, atMs, tag, 5, "id-" + tag, repeated, ""));
        ran(tag, "w0-0", atMs + 10, Mark.COMPLETED, atMs + 50);
        completedInTheEnd(tag, "w0-0");
    }

    @Test
    void countsCallsThatWereRepeatedWithTheirKey() {
        acceptedWithKey("once", 1, 0, 1_000, 1_005);
        acceptedWithKey("refused-first", 2, 0, 1_000, 1_105);
        acceptedWithKey("unknown-first", 3, 1, 1_000, 2_105);

        assertThat(broken()).isEmpty();
        assertThat(account().keys())
                .extracting(KeyAccount::jobs, KeyAccount::repeated, KeyAccount::doubtful)
                .containsExactly(3, 2, 1);
    }

    @Test
    void noticesAKeyThatBecameTwoJobsUnlessACrashMayHaveTakenIt() {
        acceptedWithKey("a", 2, 1, 1_000, 3_000);
        runs.add(new Run("w0-0", "other-id", "a", 1_200, false, Mark.COMPLETED, 1_300));
        log.crashOfStore("restart Redis", 1_400, 1_900);

        assertThat(broken()).contains(KEY_TWICE).doesNotContain(TWICE);

        mayForgetMs = 2_000;
        assertThat(broken()).doesNotContain(KEY_TWICE_AFTER_CRASH);
        assertThat(account().keys().forgotten()).hasSize(1);
    }

    @Test
    void excusesNoKeyWhereTheCrashCameAfterTheLastTry() {
        mayForgetMs = 2_000;
        acceptedWithKey("a", 2, 1, 1_000, 3_000);
        runs.add(new Run("w0-0", "other-id", "a", 1_200, false, Mark.COMPLETED, 1_300));
        log.crashOfStore("restart Redis", 3_100, 3_400);

        assertThat(broken()).contains(KEY_TWICE_AFTER_CRASH);
    }

    @Test
    void noticesAJobThatRanAgainBecauseRedisStoodStill() {
        accepted("a", 900);
        ran("a", "w0-0", 1_000, Mark.REFUSED, 4_300);
        ran("a", "w1-0", 4_200, Mark.COMPLETED, 4_250);
        completedInTheEnd("a", "w1-0");
        log.outage(FaultInterval.REDIS_STANDS_STILL, 1_100, 4_100);

        assertThat(broken()).containsExactly(STOOD_STILL);
    }

    @Test
    void noticesAnEndWithoutItsRowAndOneWithTwo() {
        goodJob("a", 1_000);
        goodJob("b", 1_000);
        goodJob("c", 1_000);
        written.remove("id-a");
        repaired.remove("id-a");
        repaired.put("id-b", List.of("COMPLETED", "COMPLETED"));
        repaired.put("id-c", List.of("DEAD"));

        assertThat(broken()).containsExactly(NO_HISTORY, TWO_ROWS);
        assertThat(account().history().missing()).hasSize(2);
    }

    @Test
    void excusesARowThatCameLateOnlyWhereItsWorkerWasKilledSoonAfterTheEnd() {
        goodJob("soon", 1_000);
        goodJob("long-before", 1_000);
        goodJob("spared", 1_000);
        runs.removeIf(run -> !run.tag().equals("spared"));
        ran("soon", "w1-0", 9_000, Mark.COMPLETED, 9_900);
        ran("long-before", "w1-0", 1_010, Mark.COMPLETED, 1_050);
        log.onWorker(WorkerFaults.KILL, "w1-0", 10_000, 10_000);
        written.clear();

        assertThat(broken()).containsExactly(LATE_ROW);
        assertThat(account().history().late()).containsExactly(Map.entry(WorkerFaults.KILL, 1));
        assertThat(account().history().lateWithoutCause()).hasSize(2);
    }

    @Test
    void rowsMayWaitLongerWhilePostgresqlIsAway() {
        goodJob("a", 1_000);
        written.clear();
        log.outage("PostgreSQL stands still", 1_100, 11_000);
        log.onWorker(WorkerFaults.KILL, "w0-0", 12_000, 12_000);

        assertThat(broken()).isEmpty();
    }

    @Test
    void explainsARowThatCameLateWhereNoWorkerHeardOfTheEnd() {
        accepted("a", 1_000);
        ran("a", "w0-0", 1_010, null, 0);
        completedInTheEnd("a", "w0-0");
        written.clear();

        assertThat(broken()).isEmpty();
        assertThat(account().history().late()).containsExactly(Map.entry("its worker did not hear of the end", 1));
    }

    @Test
    void anEarlierRunThatWasPutOffIsNotTheOneThatEndedTheJob() {
        accepted("a", 1_000);
        ran("a", "w0-0", 1_010, Mark.PUT_OFF, 1_050);
        ran("a", "w0-0", 1_300, Mark.REFUSED, 1_400);
        completedInTheEnd("a", "w0-0");
        written.clear();

        assertThat(broken()).isEmpty();
        assertThat(account().history().late()).containsExactly(Map.entry("its worker did not hear of the end", 1));
    }

    @Test
    void noticesHostileJobsThatDoNotEndDeadForAReason() {
        for (String tag : List.of("good", "silent", "cancelled")) {
            hostile.add(tag);
            accepted(tag, 1_000);
        }
        ended("good", JobState.DEAD, "its message cannot be told", "");
        ended("silent", JobState.DEAD, "", "");
        ended("cancelled", JobState.CANCELLED, "", "");

        assertThat(broken()).containsExactly(POISON);
        assertThat(account().badlyEnded()).hasSize(2);
    }
}
