package io.penstock.api.overview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.workers.LiveWorker;
import io.penstock.common.workers.WorkerState;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The state that the live feed tells of, and the number of the event that changed each part of it last. Whoever has heard up
 * to a number is told of the parts that changed since, each as it is now: events between are never needed and never kept.
 */
final class LiveBoard {

    private static final List<String> TOPICS = List.of(LiveFeed.QUEUES, LiveFeed.WORKERS, LiveFeed.OVERVIEW);

    /** What is told of a problem in the feed. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ProblemLine(
            String id, String kind, String severity, String subject, @Nullable Instant since, String summary) {}

    /** What is compared of a worker: heartbeats alone are no change. */
    private record WorkerLine(String state, int running) {}

    private long number;
    private boolean filled;
    private Instant at = Instant.EPOCH;
    private Function<Object, String> text = Object::toString;
    private Map<String, QueueStatus> queues = Map.of();
    private Map<String, WorkerLine> workers = Map.of();
    private List<ProblemLine> problems = List.of();
    private final Map<String, Long> queueChanged = new HashMap<>();
    private final Map<String, Long> workerChanged = new HashMap<>();
    private long problemsChanged;

    synchronized boolean isFilled() {
        return filled;
    }

    List<String> topics() {
        return TOPICS;
    }

    /** Whether the number is of an event of this board. */
    synchronized boolean remembers(long heard) {
        return filled && heard > 0 && heard <= number;
    }

    /** @param writer puts data into JSON */
    synchronized void note(Observation seen, List<Problem> found, Function<Object, String> writer) {
        number++;
        filled = true;
        at = seen.at();
        text = writer;
        noteQueues(seen.queues());
        noteWorkers(seen.workers());
        List<ProblemLine> lines = found.stream()
                .map(one -> new ProblemLine(
                        one.id(), one.kind(), one.severity(), one.subject(), one.since(), one.summary()))
                .toList();
        if (!ids(lines).equals(ids(problems))) {
            problemsChanged = number;
        }
        problems = lines;
    }

    private static Set<String> ids(List<ProblemLine> lines) {
        Set<String> ids = new HashSet<>();
        lines.forEach(line -> ids.add(line.severity() + " " + line.id()));
        return ids;
    }

    /** The wait of the oldest job grows by itself, second by second: only what else changes is told. */
    private void noteQueues(List<QueueStatus> statuses) {
        Map<String, QueueStatus> now = new HashMap<>();
        for (QueueStatus status : statuses) {
            now.put(status.queue(), status);
            QueueStatus before = queues.get(status.queue());
            if (before == null || !aged(before, status).equals(status)) {
                queueChanged.put(status.queue(), number);
            }
        }
        queues = now;
    }

    private static QueueStatus aged(QueueStatus before, QueueStatus now) {
        return new QueueStatus(
                before.queue(),
                before.waiting(),
                before.active(),
                before.scheduled(),
                before.completed(),
                before.failed(),
                before.dead(),
                before.expired(),
                before.cancelled(),
                before.blockedByGroup(),
                before.awaitingChildren(),
                now.oldestWaitMs(),
                before.paused(),
                before.rateLimitedMs());
    }

    private void noteWorkers(List<LiveWorker> all) {
        Map<String, WorkerLine> now = new HashMap<>();
        for (LiveWorker worker : all) {
            WorkerState state = worker.state();
            WorkerLine line = new WorkerLine(worker.isLost() ? "lost" : state.activity(), state.runningJobs());
            now.put(worker.id(), line);
            if (!line.equals(workers.get(worker.id()))) {
                workerChanged.put(worker.id(), number);
            }
        }
        workers.keySet().stream().filter(id -> !now.containsKey(id)).forEach(id -> workerChanged.put(id, number));
        // One that left long ago is no news to anybody.
        workerChanged
                .keySet()
                .removeIf(id -> !now.containsKey(id) && workerChanged.getOrDefault(id, 0L) < number - 600);
        workers = now;
    }

    /** All of it. */
    synchronized LiveEvent snapshot() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("queues", sorted(queues.keySet()));
        data.put("workers", workersData(new TreeSet<>(workers.keySet())));
        data.put("problems", problems);
        data.put("at", at);
        return new LiveEvent(number, LiveFeed.SNAPSHOT, text.apply(data));
    }

    /** What changed behind the numbers that were heard, a topic at most once. */
    synchronized List<LiveEvent> behind(Map<String, Long> heard) {
        List<LiveEvent> events = new ArrayList<>(TOPICS.size());
        Set<String> changedQueues = changed(queueChanged, heard.getOrDefault(LiveFeed.QUEUES, 0L));
        changedQueues.retainAll(queues.keySet());
        if (!changedQueues.isEmpty()) {
            events.add(event(LiveFeed.QUEUES, Map.of("queues", sorted(changedQueues))));
        }
        Set<String> changedWorkers = changed(workerChanged, heard.getOrDefault(LiveFeed.WORKERS, 0L));
        if (!changedWorkers.isEmpty()) {
            events.add(event(LiveFeed.WORKERS, workersData(changedWorkers)));
        }
        if (problemsChanged > heard.getOrDefault(LiveFeed.OVERVIEW, 0L)) {
            events.add(event(LiveFeed.OVERVIEW, Map.of("problems", problems, "at", at)));
        }
        return events;
    }

    synchronized LiveEvent tick() {
        return event(LiveFeed.TICKS, Map.of("at", at));
    }

    private LiveEvent event(String topic, Object data) {
        return new LiveEvent(number, topic, text.apply(data));
    }

    private static Set<String> changed(Map<String, Long> changes, long heard) {
        Set<String> names = new TreeSet<>();
        changes.forEach((name, when) -> {
            if (when > heard) {
                names.add(name);
            }
        });
        return names;
    }

    private List<QueueStatus> sorted(Set<String> names) {
        return queues.values().stream()
                .filter(status -> names.contains(status.queue()))
                .sorted(Comparator.comparing(QueueStatus::queue))
                .toList();
    }

    private Map<String, Object> workersData(Set<String> changed) {
        long lost = workers.values().stream()
                .filter(line -> line.state().equals("lost"))
                .count();
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("alive", workers.size() - lost);
        data.put("lost", lost);
        data.put("changed", changed);
        return data;
    }
}
