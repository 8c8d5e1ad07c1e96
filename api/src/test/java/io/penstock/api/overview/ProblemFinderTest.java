package io.penstock.api.overview;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.api.overview.Observation.Records;
import io.penstock.common.alert.Alert;
import io.penstock.common.alert.Severity;
import io.penstock.common.figures.Mark;
import io.penstock.common.flow.Guard;
import io.penstock.common.flow.GuardReport;
import io.penstock.common.history.ErrorGroup;
import io.penstock.common.history.HistorySearch.Failures;
import io.penstock.common.outbox.OutboxStatus;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.queue.StoreHealth;
import io.penstock.common.schedule.ScheduleHealth;
import io.penstock.common.workers.LiveWorker;
import io.penstock.common.workers.WorkerProfile;
import io.penstock.common.workers.WorkerState;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is a problem and what is none. */
class ProblemFinderTest {

    private static final Instant NOW = Instant.parse("2026-11-22T18:55:12Z");
    private static final OverviewConfig CONFIG = new SmallRyeConfigBuilder()
            .withMapping(OverviewConfig.class)
            .addDiscoveredConverters()
            .build()
            .getConfigMapping(OverviewConfig.class);

    private final List<QueueStatus> queues = new ArrayList<>();
    private final List<LiveWorker> workers = new ArrayList<>();
    private final List<GuardReport> guards = new ArrayList<>();
    private final List<StoreHealth.Memory> memory = new ArrayList<>();
    private final List<String> unsafe = new ArrayList<>();
    private Optional<ScheduleHealth.Late> late = Optional.empty();
    private final List<ScheduleHealth.Failing> failing = new ArrayList<>();
    private OutboxStatus outbox = new OutboxStatus(0, 0, 0);
    private final List<Failures> failures = new ArrayList<>();
    private final List<Alert> alerts = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private Map<String, Instant> since = Map.of();

    private List<Problem> find() {
        return ProblemFinder.find(
                CONFIG,
                new Observation(
                        NOW,
                        queues,
                        workers,
                        Map.of("orders.pay", "orders"),
                        guards,
                        unsafe,
                        memory,
                        new Records(late, failing, outbox, failures, alerts, marks, since),
                        List.of()));
    }

    private Problem only() {
        List<Problem> found = find();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static QueueStatus queue(String name, long waiting, Duration oldest, boolean paused) {
        return new QueueStatus(name, waiting, 0, 0, 0, 0, 0, 0, 0, 0, 0, oldest.toMillis(), paused, 0);
    }

    private static LiveWorker worker(
            String id, Duration silence, String activity, long clockOffMs, long historyLagMs, List<String> types) {
        return new LiveWorker(
                id,
                new WorkerProfile(
                        "h", "10.0.0.1", 1, "1.0", NOW, 0, List.of(new WorkerProfile.Queue("orders", 5)), types),
                new WorkerState(activity, 100 << 20, 200 << 20, clockOffMs, historyLagMs, List.of(), List.of()),
                Optional.empty(),
                NOW.minus(silence),
                silence);
    }

    private static LiveWorker healthy() {
        return worker("w1", Duration.ofSeconds(1), "running", 0, 0, List.of("orders.pay"));
    }

    private static LiveWorker lost() {
        return worker("q7zkd", Duration.ofMinutes(14), "running", 0, 0, List.of("orders.pay"));
    }

    @Test
    void aHealthySystemHasNone() {
        queues.add(queue("orders", 10, Duration.ofSeconds(30), false));
        queues.add(queue("unused", 0, Duration.ZERO, false));
        workers.add(healthy());
        assertThat(find()).isEmpty();
    }

    @Test
    void aQueueWithoutWorkerIsOneProblemSinceItsLastWorkerFellSilent() {
        queues.add(queue("orders", 18_204, Duration.ofMinutes(14), false));
        workers.add(lost());
        workers.add(worker("other", Duration.ofSeconds(1), "quiet", 0, 0, List.of()));
        workers.set(
                1,
                new LiveWorker(
                        "other",
                        new WorkerProfile(
                                "h", "a", 1, "1", NOW, 0, List.of(new WorkerProfile.Queue("x", 1)), List.of()),
                        workers.get(1).state(),
                        Optional.empty(),
                        NOW,
                        Duration.ZERO));
        Problem problem = only();
        assertThat(problem.id()).isEqualTo("queue-without-worker/orders");
        assertThat(problem.severity()).isEqualTo("critical");
        assertThat(problem.since()).isEqualTo(NOW.minus(Duration.ofMinutes(14)));
        assertThat(problem.cause()).contains("q7zkd").contains("100 of 200 MiB");
        assertThat(problem.facts()).containsEntry("waiting", 18_204L).containsEntry("boundMs", 120_000L);
    }

    @Test
    void noWorkerAtAllIsOneProblemForAllQueues() {
        queues.add(queue("orders", 3, Duration.ofMinutes(5), false));
        queues.add(queue("letters", 4, Duration.ofMinutes(5), false));
        assertThat(only().id()).isEqualTo("queue-without-worker/*");
    }

    @Test
    void aQueueWhoseWorkersAreQuietSaysSo() {
        queues.add(queue("orders", 3, Duration.ofSeconds(5), false));
        workers.add(worker("w1", Duration.ZERO, "quiet", 0, 0, List.of("orders.pay")));
        since = Map.of("queue-without-worker/orders", NOW.minusSeconds(77));
        Problem problem = only();
        assertThat(problem.cause()).contains("quiet");
        assertThat(problem.since()).isEqualTo(NOW.minusSeconds(77));
    }

    @Test
    void anOldJobIsAProblemUnlessSomebodyPausedTheQueue() {
        workers.add(healthy());
        queues.add(queue("orders", 3, Duration.ofMinutes(5), true));
        assertThat(find()).isEmpty();
        queues.set(0, queue("orders", 3, Duration.ofMinutes(5), false));
        Problem problem = only();
        assertThat(problem.kind()).isEqualTo("oldest-job");
        assertThat(problem.since()).isEqualTo(NOW.minus(Duration.ofMinutes(3)));
    }

    @Test
    void aTypeThatNobodyCanDoIsAProblem() {
        workers.add(worker("w1", Duration.ZERO, "running", 0, 0, List.of("other")));
        assertThat(only().id()).isEqualTo("type-without-handler/orders.pay");
    }

    @Test
    void schedulesThatAreLateOrFailAreProblems() {
        workers.add(healthy());
        late = Optional.of(new ScheduleHealth.Late("nightly", NOW.minusSeconds(300)));
        failing.add(new ScheduleHealth.Failing("hourly", 5, ""));
        assertThat(find())
                .extracting(Problem::id)
                .containsExactly("scheduler-late/scheduler", "schedule-failing/hourly");
        assertThat(find().get(0).since()).isEqualTo(NOW.minusSeconds(240));
    }

    @Test
    void outboxAndHistoryThatLagAreProblems() {
        workers.add(worker("w1", Duration.ZERO, "running", 0, 90_000, List.of("orders.pay")));
        outbox = new OutboxStatus(120_000, 5, 2);
        assertThat(find())
                .extracting(Problem::id)
                .containsExactlyInAnyOrder("outbox-late/outbox", "outbox-late/dead-letters", "history-late/history");
    }

    @Test
    void redisThatIsNearlyFullOrUnsafeIsAProblem() {
        workers.add(healthy());
        memory.add(new StoreHealth.Memory("a", 96, 100));
        memory.add(new StoreHealth.Memory("b", 79, 100));
        memory.add(new StoreHealth.Memory("c", 5_000, 0));
        unsafe.add("appendonly is off");
        assertThat(find()).extracting(Problem::id).containsExactly("redis-memory/a", "redis-unsafe/redis");
        assertThat(find().get(0).severity()).isEqualTo("critical");
    }

    @Test
    void anOpenBreakerIsTheProblemAndNotItsAlert() {
        workers.add(healthy());
        guards.add(
                new GuardReport("scraper", "p1", Guard.Breaker.OPEN, 9, 9, 0, NOW.plusSeconds(30), Instant.EPOCH, NOW));
        guards.add(new GuardReport("mail", "p1", Guard.Breaker.CLOSED, 9, 0, 0, Instant.EPOCH, Instant.EPOCH, NOW));
        alerts.add(new Alert("flow/scraper/breaker", Severity.WARNING, true, "open", NOW, NOW, 1));
        alerts.add(new Alert("health/disk", Severity.CRITICAL, true, "disk full", NOW.minusSeconds(9), NOW, 1));
        assertThat(find()).extracting(Problem::id).containsExactly("alert/health/disk", "breaker-open/scraper");
    }

    @Test
    void aClockThatIsOffIsAProblem() {
        workers.add(worker("w1", Duration.ZERO, "running", -1_500, 0, List.of("orders.pay")));
        assertThat(only().summary()).isEqualTo("w1: its clock is -1500 ms off that of Redis");
    }

    private static Failures failures(String fingerprint, int slot, int count) {
        Instant at = NOW.minus(Duration.ofMinutes(5L * slot + 2));
        return new Failures(
                fingerprint,
                "orders.pay",
                slot,
                count,
                at,
                at,
                new ErrorGroup(fingerprint, "orders.pay", "no price\n\tat x", count, count, at, at));
    }

    @Test
    void oneErrorThatMakesUpMostFailuresIsTiedToTheDeploymentBeforeIt() {
        workers.add(healthy());
        for (int slot = 0; slot < 8; slot++) {
            failures.add(failures("a", slot, 140));
        }
        failures.add(failures("b", 0, 31));
        Instant began = NOW.minus(Duration.ofMinutes(37));
        marks.add(new Mark(began.minusSeconds(120), "deployment", "1.9.0", "from 1.8.4"));
        Problem problem = only();
        assertThat(problem.id()).isEqualTo("one-error/orders.pay/a");
        assertThat(problem.since()).isEqualTo(began);
        assertThat(problem.cause()).isEqualTo("no price. Began 2 min after version 1.9.0 was deployed.");
        assertThat(problem.facts()).containsEntry("count", 280L);
    }

    @Test
    void fewOrMixedFailuresAreNone() {
        workers.add(healthy());
        failures.add(failures("a", 0, 19));
        assertThat(find()).isEmpty();
        for (String fingerprint : List.of("b", "c", "d")) {
            failures.add(failures(fingerprint, 0, 19));
        }
        assertThat(find()).isEmpty();
        failures.add(failures("e", 5, 500));
        assertThat(find()).isEmpty();
    }

    @Test
    void aDeploymentIsToldForAWhile() {
        workers.add(healthy());
        marks.add(new Mark(NOW.minusSeconds(60), "deployment", "1.9.0", "from 1.8.4"));
        assertThat(only().summary()).isEqualTo("version 1.9.0 was deployed (from 1.8.4)");
        marks.set(0, new Mark(NOW.minusSeconds(3_000), "deployment", "1.9.0", "from 1.8.4"));
        assertThat(find()).isEmpty();
    }

    @Test
    void timesAreWordedForPeople() {
        assertThat(ProblemFinder.words(Duration.ofSeconds(41))).isEqualTo("41 s");
        assertThat(ProblemFinder.words(Duration.ofSeconds(72))).isEqualTo("1 min 12 s");
        assertThat(ProblemFinder.words(Duration.ofSeconds(845))).isEqualTo("14 min");
        assertThat(ProblemFinder.words(Duration.ofMinutes(117))).isEqualTo("1 h 57 min");
        assertThat(ProblemFinder.words(Duration.ofHours(52))).isEqualTo("2 d 4 h");
    }
}
