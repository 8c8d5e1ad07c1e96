package io.penstock.common.figures;

import io.penstock.common.figures.FiguresStore.Version;
import io.penstock.common.figures.FiguresStore.Writing;
import io.penstock.common.figures.QueueFigures.Depth;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.workers.LiveWorker;
import io.penstock.common.workers.WorkerBoard;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes what the queues did in the minute before: what the workers added up in Redis, and how full the queues are now. Any
 * number of processes may try; a row decides which one writes, and it writes all or nothing. Ten minutes and hours are
 * rolled up when they are over, and what is old goes.
 */
@ApplicationScoped
public class FiguresWriter {

    public static final Duration MINUTE = Duration.ofMinutes(1);
    public static final Duration TEN_MINUTES = Duration.ofMinutes(10);
    public static final Duration HOUR = Duration.ofHours(1);

    /** The last heartbeats of a minute need so long to arrive. */
    public static final Duration AFTER = Duration.ofSeconds(5);

    /** A version that nobody ran for so long is deployed anew when somebody does. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(10);

    private static final int AT_ONCE = 4;

    private final FiguresStore store;
    private final WorkerBoard board;
    private final JobQueue queue;
    private final QueuePolicies policies;

    @Inject
    public FiguresWriter(FiguresStore store, WorkerBoard board, JobQueue queue, QueuePolicies policies) {
        this.store = store;
        this.board = board;
        this.queue = queue;
        this.policies = policies;
    }

    /** What is found before anything is written. */
    private record Seen(Map<String, Long> named, Map<String, Depth> depths, List<LiveWorker> workers) {}

    /**
     * Writes the last minute that is over.
     *
     * @return true: this call wrote it
     */
    public Uni<Boolean> write(Instant now) {
        Instant minute = floor(now, MINUTE).minus(MINUTE);
        return store.writeOnce(minute, writing -> seen(minute).chain(seen -> write(writing, minute, seen)));
    }

    private Uni<Seen> seen(Instant minute) {
        int steps = (int) (MINUTE.toMillis() / WorkerBoard.STEP.toMillis());
        return Uni.combine()
                .all()
                .unis(board.figures(minute, steps), statuses(), board.all())
                .with((parts, statuses, workers) -> {
                    Map<String, Long> named = new HashMap<>();
                    parts.forEach(part -> part.forEach((name, count) -> named.merge(name, count, Long::sum)));
                    Map<String, Depth> depths =
                            statuses.stream().collect(Collectors.toMap(QueueStatus::queue, FiguresWriter::depth));
                    return new Seen(named, depths, workers);
                });
    }

    private Uni<List<QueueStatus>> statuses() {
        List<Uni<QueueStatus>> each = policies.all().stream()
                .map(QueuePolicy::queue)
                .map(queue::status)
                .toList();
        return each.isEmpty()
                ? Uni.createFrom().item(List.of())
                : Uni.join().all(each).usingConcurrencyOf(AT_ONCE).andFailFast();
    }

    private static Depth depth(QueueStatus status) {
        return new Depth(
                status.waiting(),
                status.active(),
                status.scheduled(),
                status.dead(),
                status.oldestWaitMs(),
                status.paused());
    }

    private Uni<Void> write(Writing writing, Instant minute, Seen seen) {
        return writing.steps(MINUTE, minute.minus(MINUTE), minute)
                .map(rows -> rows.stream().collect(Collectors.toMap(QueueFigures::queue, QueueFigures::depth)))
                .chain(before -> {
                    List<QueueFigures> rows = new ArrayList<>();
                    seen.depths()
                            .forEach((name, depth) ->
                                    rows.add(QueueFigures.of(minute, name, seen.named(), depth, before.get(name))));
                    rows.add(QueueFigures.together(minute, rows));
                    return writing.add(MINUTE, rows)
                            .chain(() -> pauses(writing, minute, before, seen.depths()))
                            .chain(() -> lost(writing, minute, seen.workers()))
                            .chain(() -> versions(writing, minute, seen.workers()))
                            .chain(() -> rollUp(writing, minute, MINUTE, TEN_MINUTES))
                            .chain(() -> rollUp(writing, minute, TEN_MINUTES, HOUR))
                            .chain(() -> writing.prune(minute));
                });
    }

    private static Uni<Void> rollUp(Writing writing, Instant minute, Duration from, Duration to) {
        Instant end = minute.plus(MINUTE);
        if (!floor(end, to).equals(end)) {
            return Uni.createFrom().voidItem();
        }
        Instant begin = end.minus(to);
        return writing.steps(from, begin, end)
                .chain(steps -> writing.add(
                        to,
                        steps.stream().collect(Collectors.groupingBy(QueueFigures::queue)).entrySet().stream()
                                .map(one -> QueueFigures.rolledUp(begin, one.getKey(), one.getValue()))
                                .toList()));
    }

    private static Uni<Void> pauses(
            Writing writing, Instant minute, Map<String, Depth> before, Map<String, Depth> now) {
        return inTurn(
                now.entrySet().stream()
                        .filter(one -> before.containsKey(one.getKey())
                                && before.get(one.getKey()).paused()
                                        != one.getValue().paused())
                        .map(one -> new Mark(
                                minute.plus(MINUTE), one.getValue().paused() ? "pause" : "resume", one.getKey(), ""))
                        .toList(),
                writing::mark);
    }

    private static Uni<Void> lost(Writing writing, Instant minute, List<LiveWorker> workers) {
        return inTurn(
                workers.stream()
                        .filter(LiveWorker::isLost)
                        .filter(worker -> worker.seenAt().isAfter(minute.minus(TEN_MINUTES)))
                        .map(worker -> new Mark(
                                worker.seenAt(),
                                "worker-lost",
                                worker.id(),
                                worker.state().runningJobs() + " jobs ran"))
                        .toList(),
                writing::mark);
    }

    private static Uni<Void> versions(Writing writing, Instant minute, List<LiveWorker> workers) {
        Map<String, Instant> alive = workers.stream()
                .filter(worker -> !worker.isLost())
                .collect(Collectors.toMap(
                        worker -> worker.profile().version(),
                        worker -> worker.profile().startedAt(),
                        (one, other) -> one.isBefore(other) ? one : other));
        return writing.versions()
                .chain(known -> inTurn(
                        List.copyOf(alive.entrySet()),
                        version -> saw(writing, minute, version.getKey(), version.getValue(), known)));
    }

    private static Uni<Void> saw(
            Writing writing, Instant minute, String version, Instant startedAt, List<Version> known) {
        Instant now = minute.plus(MINUTE);
        boolean runs = known.stream()
                .anyMatch(one -> one.version().equals(version) && one.lastSeen().isAfter(now.minus(FORGOTTEN)));
        Optional<String> before = known.stream()
                .filter(one -> !one.version().equals(version))
                .max(Comparator.comparing(Version::lastSeen))
                .map(Version::version);
        Uni<Void> saw = writing.sawVersion(version, now, !runs);
        // The very first version that is ever seen replaces nothing.
        return runs || known.isEmpty()
                ? saw
                : saw.chain(() -> writing.mark(new Mark(
                        startedAt.isAfter(now.minus(FORGOTTEN)) ? startedAt : now,
                        "deployment",
                        version,
                        before.map(old -> "from " + old).orElse(""))));
    }

    private static <T> Uni<Void> inTurn(List<T> items, Function<T, Uni<Void>> action) {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (T item : items) {
            all = all.chain(() -> action.apply(item));
        }
        return all;
    }

    /** The beginning of the step that a time is in. */
    public static Instant floor(Instant time, Duration step) {
        return Instant.ofEpochSecond(Math.floorDiv(time.getEpochSecond(), step.toSeconds()) * step.toSeconds());
    }
}
