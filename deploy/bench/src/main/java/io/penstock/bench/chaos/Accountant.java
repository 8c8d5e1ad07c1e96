package io.penstock.bench.chaos;

import io.penstock.common.job.JobState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Goes through the evidence job by job. Looks at nothing else, so that it can be shown what it must notice. */
final class Accountant {

    /** Work goes on so long after a fault at the latest, beyond the lease. */
    static final long RECOVERY_SLACK_MS = 2_000;
    /** What a producer's timers and threads may be late on busy cores. */
    static final long ANSWER_SLACK_MS = 250;
    /** Clocks of processes are read one after the other. */
    private static final long READING_SLACK_MS = 50;

    private static final String UNDONE = "undone by a crash of Redis";

    private final Evidence evidence;
    private final List<Evidence.Enqueue> accepted;

    private Accountant(Evidence evidence) {
        this.evidence = evidence;
        this.accepted = evidence.enqueues().stream()
                .filter(enqueue -> enqueue.answer() == ChaosProducer.Answer.ACCEPTED)
                .toList();
    }

    static Account account(Evidence evidence) {
        return new Accountant(evidence).account();
    }

    private Account account() {
        Map<String, Integer> states = new TreeMap<>();
        Map<String, Integer> dead = new TreeMap<>();
        List<String> lost = new ArrayList<>();
        List<String> forgotten = new ArrayList<>();
        List<String> unfinished = new ArrayList<>();
        for (Evidence.Enqueue job : accepted) {
            Evidence.FinalState finalState = evidence.finalStates().get(job.id());
            if (finalState == null) {
                (mayBeForgotten(job) ? forgotten : lost).add(job.tag() + " (" + job.id() + ")");
                continue;
            }
            states.merge(finalState.state().name(), 1, Integer::sum);
            if (finalState.state() == JobState.DEAD) {
                dead.merge(inShort(finalState.reason()), 1, Integer::sum);
            } else if (!finalState.state().hasEnded()) {
                unfinished.add(job.tag() + " is " + finalState.state());
            }
        }
        Repeats repeats = repeats();
        return new Account(
                accepted.size(),
                count(ChaosProducer.Answer.REFUSED),
                count(ChaosProducer.Answer.UNKNOWN),
                unknownButRun(),
                states,
                dead,
                lost,
                forgotten,
                forgottenButDone(),
                oldestForgottenMs(),
                unfinished,
                repeats.byCause,
                repeats.withoutCause,
                acceptedTwice(),
                refusedButRun(),
                withoutRow(),
                badlyEnded(),
                refusedEnds(false),
                refusedEnds(true),
                recoveries(),
                evidence.enqueues().stream()
                        .mapToLong(Evidence.Enqueue::tookMs)
                        .max()
                        .orElse(0),
                evidence.surprises(),
                KeyAccount.of(evidence, idsByTag()),
                HistoryAccount.of(evidence, accepted));
    }

    private int count(ChaosProducer.Answer answer) {
        return (int) evidence.enqueues().stream()
                .filter(enqueue -> enqueue.answer() == answer)
                .count();
    }

    private boolean mayBeForgotten(Evidence.Enqueue job) {
        return crashes().anyMatch(crash -> isForgottenBy(crash, job.id(), job.atMs()));
    }

    /** What was known of a job at that time may be gone with the crash, by the store's own promise. */
    private boolean isForgottenBy(FaultInterval crash, String jobId, long atMs) {
        return evidence.mayForgetMs() > 0
                && crash.effect() == FaultInterval.Effect.CRASH_OF_STORE
                && crash.strikes(evidence.partitionOf(jobId))
                && crash.forgetful().holds(atMs)
                && crash.fromMs() - atMs <= evidence.mayForgetMs();
    }

    /** Jobs of which nobody knows any more, and whose work is done. */
    private int forgottenButDone() {
        Set<String> completed = evidence.runs().stream()
                .filter(run -> run.outcome() == Journal.Mark.COMPLETED)
                .map(Evidence.Run::id)
                .collect(Collectors.toSet());
        return (int) forgotten().filter(job -> completed.contains(job.id())).count();
    }

    private Stream<Evidence.Enqueue> forgotten() {
        return accepted.stream().filter(job -> !evidence.finalStates().containsKey(job.id()) && mayBeForgotten(job));
    }

    /** How long before its crash the oldest of what was forgotten had been accepted. */
    private long oldestForgottenMs() {
        return forgotten()
                .flatMap(job -> crashes()
                        .filter(crash -> isForgottenBy(crash, job.id(), job.atMs()))
                        .map(crash -> Math.max(0, crash.fromMs() - job.atMs()))
                        .min(Comparator.naturalOrder())
                        .stream())
                .max(Comparator.naturalOrder())
                .orElse(0L);
    }

    private Stream<FaultInterval> crashes() {
        return evidence.intervals().stream()
                .filter(interval -> interval.effect() == FaultInterval.Effect.CRASH_OF_STORE);
    }

    /** First line, without what differs from job to job. */
    private static String inShort(String reason) {
        return reason.lines().findFirst().orElse("").replaceFirst(";.*", "");
    }

    private Set<String> tagsThatRan() {
        return evidence.runs().stream().map(Evidence.Run::tag).collect(Collectors.toSet());
    }

    private int unknownButRun() {
        Set<String> ran = tagsThatRan();
        return (int) evidence.enqueues().stream()
                .filter(enqueue -> enqueue.answer() == ChaosProducer.Answer.UNKNOWN && ran.contains(enqueue.tag()))
                .count();
    }

    private List<String> refusedButRun() {
        Set<String> ran = tagsThatRan();
        return evidence.enqueues().stream()
                .filter(enqueue -> enqueue.answer() == ChaosProducer.Answer.REFUSED)
                .filter(enqueue ->
                        ran.contains(enqueue.tag()) || evidence.finalStates().containsKey(enqueue.id()))
                .map(Evidence.Enqueue::tag)
                .toList();
    }

    /** One call, two jobs. Those with an idempotency key have an account of their own. */
    private List<String> acceptedTwice() {
        Set<String> withKey = evidence.enqueues().stream()
                .filter(call -> call.repeated().isPresent())
                .map(Evidence.Enqueue::tag)
                .collect(Collectors.toSet());
        return idsByTag().entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1 && !withKey.contains(entry.getKey()))
                .map(entry -> entry.getKey() + " is " + entry.getValue())
                .toList();
    }

    /** Of all jobs that ran or were accepted. */
    private Map<String, Set<String>> idsByTag() {
        Map<String, Set<String>> ids = new TreeMap<>();
        evidence.runs().forEach(run -> ids.computeIfAbsent(run.tag(), tag -> new HashSet<>())
                .add(run.id()));
        accepted.forEach(
                job -> ids.computeIfAbsent(job.tag(), tag -> new HashSet<>()).add(job.id()));
        return ids;
    }

    private List<String> withoutRow() {
        return accepted.stream()
                .filter(this::isOrdinary)
                .filter(job -> isIn(job, JobState.COMPLETED) && !evidence.rows().contains(job.tag()))
                .map(Evidence.Enqueue::tag)
                .toList();
    }

    /** Whether it was work, and no fault by itself. */
    private boolean isOrdinary(Evidence.Enqueue job) {
        return !evidence.poison().contains(job.tag())
                && !evidence.stubborn().contains(job.tag())
                && !evidence.hostile().contains(job.tag());
    }

    private boolean isIn(Evidence.Enqueue job, JobState state) {
        Evidence.FinalState finalState = evidence.finalStates().get(job.id());
        return finalState != null && finalState.state() == state;
    }

    private List<String> badlyEnded() {
        List<String> bad = new ArrayList<>();
        for (Evidence.Enqueue job : accepted) {
            boolean poison = evidence.poison().contains(job.tag());
            boolean hostile = evidence.hostile().contains(job.tag());
            Evidence.FinalState finalState = evidence.finalStates().get(job.id());
            if ((!poison && !hostile) || finalState == null) {
                continue;
            }
            String told = (poison ? "poison" : "hostile") + " job " + job.tag();
            if (finalState.state() == JobState.COMPLETED) {
                bad.add(told + " completed");
            } else if (finalState.state() == JobState.DEAD
                    && finalState.reason().isEmpty()) {
                bad.add(told + " is dead without a reason");
            } else if (hostile && finalState.state() != JobState.DEAD) {
                bad.add(told + " is " + finalState.state());
            }
        }
        return bad;
    }

    /** @param answerLost those that had been stored before, only that the worker did not hear of it */
    private int refusedEnds(boolean answerLost) {
        Map<String, List<Evidence.Run>> completed = evidence.runs().stream()
                .filter(run -> run.outcome() == Journal.Mark.COMPLETED)
                .collect(Collectors.groupingBy(Evidence.Run::id));
        return (int) evidence.runs().stream()
                .filter(run -> run.outcome() == Journal.Mark.REFUSED)
                .filter(run -> answerLost == isOwnEnd(run, completed.containsKey(run.id())))
                .count();
    }

    private boolean isOwnEnd(Evidence.Run run, boolean someoneCompletedIt) {
        Evidence.FinalState finalState = evidence.finalStates().get(run.id());
        return !someoneCompletedIt && finalState != null && finalState.worker().equals(run.worker());
    }

    /** What ran more often than was planned. */
    private static final class Repeats {
        private final Map<String, Integer> byCause = new TreeMap<>();
        private final List<String> withoutCause = new ArrayList<>();
    }

    private Repeats repeats() {
        Repeats repeats = new Repeats();
        Map<String, List<Evidence.Run>> byTag =
                evidence.runs().stream().collect(Collectors.groupingBy(Evidence.Run::tag));
        for (List<Evidence.Run> runs : byTag.values()) {
            List<Evidence.Run> inOrder = runs.stream()
                    .sorted(Comparator.comparingLong(Evidence.Run::begunMs))
                    .toList();
            for (int i = 1; i < inOrder.size(); i++) {
                Evidence.Run run = inOrder.get(i - 1);
                Evidence.Run next = inOrder.get(i);
                if (isPlanned(run)) {
                    continue;
                }
                cause(run, next)
                        .ifPresentOrElse(
                                cause -> repeats.byCause.merge(cause, 1, Integer::sum),
                                () -> repeats.withoutCause.add(run.tag() + ": " + tell(run) + ", then " + tell(next)));
            }
        }
        return repeats;
    }

    private static String tell(Evidence.Run run) {
        return "at " + run.begunMs() + " in " + run.worker()
                + (run.outcome() == null ? "" : " (" + run.outcome() + " at " + run.outcomeMs() + ")");
    }

    private static boolean isPlanned(Evidence.Run run) {
        boolean toldSo = run.outcome() == Journal.Mark.FAILED || run.outcome() == Journal.Mark.PUT_OFF;
        boolean answerLost = run.wantsMore() && (run.outcome() == null || run.outcome() == Journal.Mark.REFUSED);
        return toldSo || answerLost;
    }

    /** Why a job ran again: the fault that struck while it was in flight. */
    private Optional<String> cause(Evidence.Run run, Evidence.Run next) {
        Optional<String> lateStart =
                lateStart(run, next).or(() -> startSoonAfterAStop(run)).or(() -> startSoonAfterAStop(next));
        if (lateStart.isPresent()) {
            return lateStart;
        }
        if (run.outcome() != null && run.outcome() != Journal.Mark.REFUSED) {
            // Its end is stored. Only a store that forgets can undo that, or the claim while both runs were under way.
            return crashes()
                    .filter(crash -> isForgottenBy(crash, run.id(), run.outcomeMs())
                            || (run.outcomeMs() >= next.begunMs() && undoesClaim(crash, run, next)))
                    .map(crash -> UNDONE)
                    .findFirst();
        }
        Optional<FaultInterval> onItsWorker = evidence.intervals().stream()
                .filter(interval -> interval.target().equals(run.worker()) && strikesBetween(interval, run, next))
                .findFirst();
        if (onItsWorker.isPresent()) {
            return onItsWorker.map(FaultInterval::kind);
        }
        if (crashes().anyMatch(crash -> undoesClaim(crash, run, next))) {
            return Optional.of(UNDONE);
        }
        boolean leaseHadItsTime =
                next.begunMs() - run.begunMs() >= evidence.lease().toMillis() - READING_SLACK_MS;
        return evidence.intervals().stream()
                .filter(interval -> interval.target().isEmpty() && interval.strikes(evidence.partitionOf(run.id())))
                .filter(interval -> leaseHadItsTime && strikesBetween(interval, run, next))
                .max(Comparator.comparing(FaultInterval::effect))
                .map(FaultInterval::kind);
    }

    /**
     * The second run belongs to the earlier claim: its worker had claimed the job, was stopped for so long that another ran
     * it, and began when it could go on. Nothing comes of that, because its end is refused.
     */
    private Optional<String> lateStart(Evidence.Run run, Evidence.Run next) {
        if (next.outcome() != null && next.outcome() != Journal.Mark.REFUSED) {
            return Optional.empty();
        }
        return evidence.intervals().stream()
                .filter(interval -> interval.target().equals(next.worker()))
                .filter(interval ->
                        interval.toMs() - interval.fromMs() >= evidence.lease().toMillis())
                .filter(interval -> interval.fromMs() <= run.begunMs()
                        && interval.toMs() >= run.begunMs()
                        && interval.toMs() <= next.begunMs() + READING_SLACK_MS)
                .map(FaultInterval::kind)
                .findFirst();
    }

    /**
     * This run, of two at nearly the same time, belongs to the earlier claim: its worker was stopped until the job could be
     * another's, and began it before it had renewed its leases or found them lost. Nothing came of that.
     */
    private Optional<String> startSoonAfterAStop(Evidence.Run run) {
        if (run.outcome() != null && run.outcome() != Journal.Mark.REFUSED) {
            return Optional.empty();
        }
        long lease = evidence.lease().toMillis();
        return evidence.intervals().stream()
                .filter(interval -> interval.target().equals(run.worker()))
                .filter(interval -> interval.toMs() - interval.fromMs() >= lease)
                .filter(interval ->
                        interval.toMs() <= run.begunMs() + READING_SLACK_MS && interval.toMs() >= run.begunMs() - lease)
                .map(FaultInterval::kind)
                .findFirst();
    }

    /** The job was there for another worker to claim, while the first one, which knew nothing of it, went on. */
    private boolean undoesClaim(FaultInterval crash, Evidence.Run run, Evidence.Run next) {
        return isForgottenBy(crash, run.id(), run.begunMs()) && strikesBetween(crash, run, next);
    }

    private static boolean strikesBetween(FaultInterval interval, Evidence.Run run, Evidence.Run next) {
        return interval.fromMs() <= next.begunMs() + READING_SLACK_MS
                && interval.toMs() >= run.begunMs() - READING_SLACK_MS;
    }

    /** How long after each blow the next job was completed, by kind; where it struck partitions, in the last of them. */
    private Map<String, Account.Recovery> recoveries() {
        Map<Integer, Progress> ofPartitions = IntStream.range(0, evidence.partitions())
                .boxed()
                .collect(Collectors.toMap(partition -> partition, partition -> progress(Set.of(partition))));
        Progress ofAll = progress(ofPartitions.keySet());
        Map<String, List<Long>> took = new TreeMap<>();
        Map<String, Integer> intervals = new TreeMap<>();
        for (FaultInterval interval : evidence.intervals()) {
            if (interval.kind().equals(Evidence.STANDSTILL)) {
                continue;
            }
            intervals.merge(interval.kind(), 1, Integer::sum);
            List<Long> ofKind = took.computeIfAbsent(interval.kind(), kind -> new ArrayList<>());
            Stream<Progress> struck = interval.partitions().isEmpty()
                    ? Stream.of(ofAll)
                    : interval.partitions().stream().map(ofPartitions::get).filter(Objects::nonNull);
            struck.flatMap(progress -> progress.wentOnAfter(interval.toMs()).stream())
                    .max(Comparator.naturalOrder())
                    .ifPresent(ofKind::add);
        }
        Map<String, Account.Recovery> recoveries = new TreeMap<>();
        intervals.forEach((kind, number) ->
                recoveries.put(kind, Account.Recovery.of(number, took.getOrDefault(kind, List.of()))));
        return recoveries;
    }

    private Progress progress(Set<Integer> partitions) {
        return new Progress(
                evidence.runs().stream()
                        .filter(run -> run.outcome() == Journal.Mark.COMPLETED)
                        .filter(run -> partitions.contains(evidence.partitionOf(run.id())))
                        .map(Evidence.Run::outcomeMs)
                        .sorted()
                        .toList(),
                accepted.stream()
                        .filter(this::isOrdinary)
                        .filter(job -> partitions.contains(evidence.partitionOf(job.id())))
                        .mapToLong(Evidence.Enqueue::atMs)
                        .max()
                        .orElse(0),
                evidence.intervals().stream()
                        .filter(interval ->
                                interval.stopsWork() && partitions.stream().allMatch(interval::strikes))
                        .toList());
    }
}
