package io.penstock.api.overview;

import io.penstock.common.alert.Alert;
import io.penstock.common.alert.Severity;
import io.penstock.common.figures.Mark;
import io.penstock.common.flow.Guard;
import io.penstock.common.flow.GuardReport;
import io.penstock.common.history.HistorySearch;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.queue.StoreHealth;
import io.penstock.common.workers.LiveWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Works out what is wrong from what was found. Symptoms of one cause are one problem: a queue that nobody serves is not told of
 * once more because its jobs wait. A pure function, so that each problem is tested without a server.
 */
final class ProblemFinder {

    /** How many checks are made. */
    static final int CHECKS = 14;

    private static final int MOST_OF_A_KIND = 20;
    private static final String EVERY = "*";

    private final OverviewConfig config;
    private final Observation seen;
    private final List<Problem> problems = new ArrayList<>();
    private final Set<String> explained = new HashSet<>();

    private ProblemFinder(OverviewConfig config, Observation seen) {
        this.config = config;
        this.seen = seen;
    }

    /** The worst first; of equal ones the one that lasts longest. */
    static List<Problem> find(OverviewConfig config, Observation seen) {
        return new ProblemFinder(config, seen).all();
    }

    private List<Problem> all() {
        queuesWithoutWorker();
        oldestJobs();
        typesWithoutHandler();
        scheduler();
        failingSchedules();
        outbox();
        history();
        redis();
        breakers();
        clocks();
        oneError();
        deployments();
        alerts();
        return problems.stream()
                .map(this::dated)
                .sorted(Comparator.comparingInt(Problem::rank)
                        .thenComparing(problem -> problem.since() == null ? seen.at() : problem.since())
                        .thenComparing(Problem::id))
                .toList();
    }

    /** What does not know itself since when it lasts was perhaps seen before. */
    private Problem dated(Problem problem) {
        return problem.since() != null
                ? problem
                : problem.since(seen.records().since().getOrDefault(problem.id(), seen.at()));
    }

    private void add(
            String kind,
            String severity,
            String subject,
            @Nullable Instant since,
            String summary,
            @Nullable String cause,
            Map<String, Object> facts,
            String link,
            String remedy) {
        problems.add(new Problem(
                kind + "/" + subject,
                kind,
                severity,
                subject,
                since,
                summary,
                cause,
                new TreeMap<>(facts),
                link,
                remedy));
    }

    private List<LiveWorker> serving(String queue) {
        return seen.workers().stream()
                .filter(LiveWorker::isTaking)
                .filter(worker -> worker.profile().serves(queue))
                .toList();
    }

    private void queuesWithoutWorker() {
        List<QueueStatus> alone = seen.queues().stream()
                .filter(queue -> queue.waiting() + queue.scheduled() > 0)
                .filter(queue -> serving(queue.queue()).isEmpty())
                .toList();
        boolean nobody = seen.workers().stream().noneMatch(worker -> !worker.isLost());
        if (nobody && !alone.isEmpty()) {
            long waiting = alone.stream().mapToLong(QueueStatus::waiting).sum();
            alone.forEach(queue -> explained.add(queue.queue()));
            add(
                    "queue-without-worker",
                    Problem.CRITICAL,
                    EVERY,
                    lastSeen(seen.workers()),
                    "no worker is alive; " + waiting + " jobs wait",
                    silence(seen.workers()),
                    Map.of("waiting", waiting),
                    "/api/workers",
                    "start-worker");
            return;
        }
        alone.stream().limit(MOST_OF_A_KIND).forEach(this::withoutWorker);
    }

    private void withoutWorker(QueueStatus queue) {
        explained.add(queue.queue());
        List<LiveWorker> before = seen.workers().stream()
                .filter(LiveWorker::isLost)
                .filter(worker -> worker.profile().serves(queue.queue()))
                .toList();
        boolean quiet = seen.workers().stream()
                .anyMatch(worker -> !worker.isLost() && worker.profile().serves(queue.queue()));
        add(
                "queue-without-worker",
                queue.waiting() > 0 ? Problem.CRITICAL : Problem.WARNING,
                queue.queue(),
                quiet ? null : lastSeen(before),
                queue.queue() + ": no worker serves it; " + queue.waiting() + " jobs wait",
                quiet ? "Those that serve it are quiet or stopping." : silence(before),
                Map.of(
                        "waiting", queue.waiting(),
                        "scheduled", queue.scheduled(),
                        "oldestWaitMs", queue.oldestWaitMs(),
                        "boundMs", config.oldestWaitOf(queue.queue()).toMillis()),
                "/api/workers",
                "start-worker");
    }

    private static @Nullable Instant lastSeen(List<LiveWorker> lost) {
        return lost.stream()
                .map(LiveWorker::seenAt)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    private static @Nullable String silence(List<LiveWorker> lost) {
        return lost.stream()
                .max(Comparator.comparing(LiveWorker::seenAt))
                .map(worker -> "Worker " + worker.id() + ", the last one that served it, fell silent with "
                        + worker.state().runningJobs() + " jobs running and "
                        + (worker.state().usedBytes() >> 20) + " of "
                        + (worker.state().maxBytes() >> 20)
                        + " MiB of its heap in use.")
                .orElse(null);
    }

    private void oldestJobs() {
        for (QueueStatus queue : seen.queues()) {
            Duration bound = config.oldestWaitOf(queue.queue());
            if (!queue.paused() && queue.oldestWaitMs() > bound.toMillis() && !explained.contains(queue.queue())) {
                add(
                        "oldest-job",
                        Problem.WARNING,
                        queue.queue(),
                        seen.at().minusMillis(queue.oldestWaitMs()).plus(bound),
                        queue.queue() + ": its oldest job waits " + words(Duration.ofMillis(queue.oldestWaitMs()))
                                + ", the bound is " + words(bound),
                        queue.active() == 0 ? "None of its jobs runs." : null,
                        Map.of(
                                "waiting", queue.waiting(),
                                "active", queue.active(),
                                "oldestWaitMs", queue.oldestWaitMs(),
                                "boundMs", bound.toMillis()),
                        "/api/queues/" + queue.queue(),
                        "see-queue");
            }
        }
    }

    private void typesWithoutHandler() {
        List<String> orphans = seen.types().entrySet().stream()
                .filter(type -> {
                    List<LiveWorker> serving = serving(type.getValue());
                    return !serving.isEmpty()
                            && serving.stream()
                                    .noneMatch(
                                            worker -> worker.profile().types().contains(type.getKey()));
                })
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        orphans.stream()
                .limit(MOST_OF_A_KIND)
                .forEach(type -> add(
                        "type-without-handler",
                        Problem.WARNING,
                        type,
                        null,
                        type + ": no worker has a handler for it",
                        "The workers that serve its queue are older than this API, or were built without it.",
                        Map.of("queue", seen.types().getOrDefault(type, "")),
                        "/api/workers",
                        "see-workers"));
    }

    private void scheduler() {
        seen.records().late().ifPresent(late -> {
            Duration behind = Duration.between(late.due(), seen.at());
            if (behind.compareTo(config.schedulerLate()) > 0) {
                add(
                        "scheduler-late",
                        Problem.CRITICAL,
                        "scheduler",
                        late.due().plus(config.schedulerLate()),
                        "schedules are not fired: " + late.task() + " is " + words(behind) + " late",
                        "No scheduler runs, or it cannot reach PostgreSQL or Redis.",
                        Map.of("task", late.task(), "lateMs", behind.toMillis()),
                        "/api/tasks",
                        "see-schedules");
            }
        });
    }

    private void failingSchedules() {
        seen.records()
                .failing()
                .forEach(failing -> add(
                        "schedule-failing",
                        Problem.WARNING,
                        failing.task(),
                        null,
                        failing.definitionError().isEmpty()
                                ? failing.task() + ": " + failing.inRow() + " runs in a row have failed"
                                : failing.task() + ": cannot be fired",
                        failing.definitionError().isEmpty() ? null : failing.definitionError(),
                        Map.of("inRow", failing.inRow()),
                        "/api/tasks/" + failing.task(),
                        "see-schedules"));
    }

    private void outbox() {
        long lagMs = seen.records().outbox().lagMs();
        if (lagMs > config.outboxLag().toMillis()) {
            add(
                    "outbox-late",
                    Problem.CRITICAL,
                    "outbox",
                    seen.at().minusMillis(lagMs).plus(config.outboxLag()),
                    "outbox: its oldest row waits " + words(Duration.ofMillis(lagMs)),
                    null,
                    Map.of("lagMs", lagMs, "unsent", seen.records().outbox().unsent()),
                    "/api/outbox",
                    "see-outbox");
        }
        long dead = seen.records().outbox().deadLetters();
        if (dead > 0) {
            add(
                    "outbox-late",
                    Problem.WARNING,
                    "dead-letters",
                    null,
                    "outbox: " + dead + " rows cannot become jobs",
                    null,
                    Map.of("deadLetters", dead),
                    "/api/outbox/dead-letters",
                    "see-outbox");
        }
    }

    private void history() {
        seen.workers().stream()
                .filter(worker -> !worker.isLost())
                .max(Comparator.comparingLong(worker -> worker.state().historyLagMs()))
                .filter(worker ->
                        worker.state().historyLagMs() > config.historyLag().toMillis())
                .ifPresent(worker -> {
                    long lagMs = worker.state().historyLagMs();
                    add(
                            "history-late",
                            Problem.WARNING,
                            "history",
                            seen.at().minusMillis(lagMs).plus(config.historyLag()),
                            "history: ends of " + words(Duration.ofMillis(lagMs)) + " ago are not written",
                            "Worker " + worker.id() + " cannot write to PostgreSQL, or not fast enough.",
                            Map.of("lagMs", lagMs, "worker", worker.id()),
                            "/api/workers/" + worker.id(),
                            "see-workers");
                });
    }

    private void redis() {
        for (StoreHealth.Memory memory : seen.memory()) {
            long percent = memory.maxBytes() == 0 ? 0 : 100 * memory.usedBytes() / memory.maxBytes();
            if (percent >= config.redisMemoryPercent()) {
                add(
                        "redis-memory",
                        percent >= 95 ? Problem.CRITICAL : Problem.WARNING,
                        memory.server(),
                        null,
                        "Redis: " + percent + " % of its memory is in use; when it is full no job is accepted",
                        null,
                        Map.of("usedBytes", memory.usedBytes(), "maxBytes", memory.maxBytes()),
                        "/q/health/ready",
                        "see-redis");
            }
        }
        if (!seen.unsafe().isEmpty()) {
            add(
                    "redis-unsafe",
                    Problem.WARNING,
                    "redis",
                    null,
                    "Redis: " + seen.unsafe().get(0),
                    null,
                    Map.of("findings", seen.unsafe()),
                    "/q/health/ready",
                    "see-redis");
        }
    }

    private void breakers() {
        Map<String, List<GuardReport>> open = seen.guards().stream()
                .filter(report -> report.breaker() == Guard.Breaker.OPEN)
                .collect(Collectors.groupingBy(GuardReport::guard, TreeMap::new, Collectors.toList()));
        open.forEach((guard, reports) -> {
            Map<String, Object> facts = new HashMap<>();
            facts.put("processes", reports.size());
            reports.stream()
                    .map(GuardReport::openUntil)
                    .filter(until -> until.isAfter(Instant.EPOCH))
                    .max(Comparator.naturalOrder())
                    .ifPresent(until -> facts.put("until", until));
            add(
                    "breaker-open",
                    Problem.WARNING,
                    guard,
                    null,
                    guard + ": its breaker is open, its jobs are put off",
                    null,
                    facts,
                    "/api/flow",
                    "see-guard");
        });
    }

    private void clocks() {
        seen.workers().stream()
                .filter(worker -> !worker.isLost())
                .filter(worker -> Math.abs(worker.state().clockOffMs())
                        > config.clockSkew().toMillis())
                .limit(MOST_OF_A_KIND)
                .forEach(worker -> add(
                        "clock-skew",
                        Problem.WARNING,
                        worker.id(),
                        null,
                        worker.id() + ": its clock is " + worker.state().clockOffMs() + " ms off that of Redis",
                        null,
                        Map.of("offMs", worker.state().clockOffMs()),
                        "/api/workers/" + worker.id(),
                        "see-workers"));
    }

    /** Of the last two slots, ten minutes at most. */
    private void oneError() {
        List<HistorySearch.Failures> recent = seen.records().failures().stream()
                .filter(some -> some.slot() < 2)
                .toList();
        long all = recent.stream().mapToLong(HistorySearch.Failures::count).sum();
        if (all < config.errorLeast()) {
            return;
        }
        Map<String, Long> byError = recent.stream()
                .collect(Collectors.groupingBy(
                        ProblemFinder::keyOf, Collectors.summingLong(HistorySearch.Failures::count)));
        byError.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .filter(most -> 100 * most.getValue() >= config.errorSharePercent() * all)
                .ifPresent(most -> oneError(most.getKey(), most.getValue(), all));
    }

    private static String keyOf(HistorySearch.Failures failures) {
        return failures.type() + "/" + failures.fingerprint();
    }

    private void oneError(String key, long count, long all) {
        List<HistorySearch.Failures> of = seen.records().failures().stream()
                .filter(some -> keyOf(some).equals(key))
                .toList();
        HistorySearch.Failures one = of.get(0);
        Instant since = beginning(of);
        String sample = one.group() == null ? "" : firstLine(one.group().sample());
        add(
                "one-error",
                Problem.CRITICAL,
                key,
                since,
                one.type() + ": " + 100 * count / all + " % of all failures are one error",
                cause(since, sample),
                Map.of(
                        "fingerprint",
                        one.fingerprint(),
                        "type",
                        one.type(),
                        "count",
                        count,
                        "share",
                        Math.round(1000.0 * count / all) / 1000.0,
                        "sample",
                        sample),
                "/api/jobs/errors?type=" + one.type(),
                "see-errors");
    }

    /** Goes back as long as there was one in each slot. */
    private static Instant beginning(List<HistorySearch.Failures> of) {
        Map<Integer, Instant> first = new HashMap<>();
        of.forEach(some -> first.merge(some.slot(), some.first(), (a, b) -> a.isBefore(b) ? a : b));
        int slot = first.containsKey(0) ? 0 : 1;
        Instant since = first.getOrDefault(slot, of.get(0).first());
        while (first.containsKey(slot + 1)) {
            slot++;
            since = first.getOrDefault(slot, since);
        }
        return since;
    }

    private @Nullable String cause(Instant since, String sample) {
        String deployed = seen.records().marks().stream()
                .filter(mark -> mark.kind().equals("deployment"))
                .filter(mark -> !mark.at().isAfter(since) && mark.at().isAfter(since.minus(config.deploymentTold())))
                .max(Comparator.comparing(Mark::at))
                .map(mark -> "Began " + words(Duration.between(mark.at(), since)) + " after version " + mark.subject()
                        + " was deployed.")
                .orElse("");
        String both = (sample + (sample.isEmpty() || deployed.isEmpty() ? "" : ". ") + deployed).strip();
        return both.isEmpty() ? null : both;
    }

    private static String firstLine(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() <= 200 ? line : line.substring(0, 200) + "…";
    }

    private void deployments() {
        seen.records().marks().stream()
                .filter(mark -> mark.kind().equals("deployment"))
                .filter(mark -> mark.at().isAfter(seen.at().minus(config.deploymentTold())))
                .max(Comparator.comparing(Mark::at))
                .ifPresent(mark -> add(
                        "deployment",
                        Problem.INFO,
                        mark.subject(),
                        mark.at(),
                        "version " + mark.subject() + " was deployed"
                                + (mark.detail().isEmpty() ? "" : " (" + mark.detail() + ")"),
                        null,
                        Map.of(),
                        "/api/workers",
                        "see-workers"));
    }

    /** Those that are no problem of another kind already. */
    private void alerts() {
        Set<String> told = problems.stream()
                .map(problem -> switch (problem.kind()) {
                    case "breaker-open" -> "flow/" + problem.subject() + "/breaker";
                    case "oldest-job", "queue-without-worker" -> "queue/" + problem.subject() + "/waiting";
                    case "schedule-failing" -> "schedule/" + problem.subject() + "/failing";
                    default -> "";
                })
                .collect(Collectors.toSet());
        seen.records().alerts().stream()
                .filter(Alert::raised)
                .filter(alert -> !told.contains(alert.subject()))
                .limit(MOST_OF_A_KIND)
                .forEach(alert -> add(
                        "alert",
                        alert.severity() == Severity.CRITICAL ? Problem.CRITICAL : Problem.WARNING,
                        alert.subject(),
                        alert.raisedAt(),
                        alert.summary(),
                        null,
                        Map.of("timesRaised", alert.timesRaised()),
                        "/api/alerts",
                        "see-alerts"));
    }

    /** One unit from 10 up, above an hour two. */
    static String words(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 600 && seconds % 60 != 0) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 86_400
                ? seconds / 3600 + " h " + seconds % 3600 / 60 + " min"
                : seconds / 86_400 + " d " + seconds % 86_400 / 3600 + " h";
    }
}
