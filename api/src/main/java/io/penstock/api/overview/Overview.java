package io.penstock.api.overview;

import io.penstock.api.search.Estimate;
import io.penstock.api.search.StateCounts;
import io.penstock.common.figures.FiguresStore;
import io.penstock.common.figures.FiguresStore.Flow;
import io.penstock.common.figures.FiguresWriter;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.workers.LiveWorker;
import io.penstock.common.workers.WorkerProfile;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts the overview together. */
@ApplicationScoped
class Overview {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MINUTES = 60;
    private static final int RATE_MINUTES = 5;

    private final Observer observer;
    private final FiguresStore figures;
    private final OverviewConfig config;
    private final InstantSource clock = InstantSource.system();

    private final Remembered<StateCounts.Delayed> delayed;
    private final Remembered<Optional<FiguresStore.Sums>> sums;
    private final Remembered<Map<String, Map<Instant, Flow>>> flows;

    @Inject
    Overview(Observer observer, StateCounts counts, FiguresStore figures, OverviewConfig config) {
        this.observer = observer;
        this.figures = figures;
        this.config = config;
        this.delayed = new Remembered<>(PATIENCE, () -> counts.delayed(Optional.empty()));
        this.sums = new Remembered<>(Duration.ofSeconds(10), this::askSums);
        this.flows = new Remembered<>(Duration.ofSeconds(10), this::askFlows);
    }

    /** What is wrong. */
    Uni<List<Problem>> problems() {
        return observer.now().map(seen -> ProblemFinder.find(config, seen));
    }

    Uni<OverviewAnswer> now() {
        return Uni.combine()
                .all()
                .unis(
                        observer.now(),
                        delayed.get()
                                .ifNoItem()
                                .after(PATIENCE)
                                .fail()
                                .onFailure()
                                .recoverWithItem(new StateCounts.Delayed(Estimate.NONE, Estimate.NONE)),
                        sums.get(),
                        flows.get())
                .with(this::answer);
    }

    private Uni<Optional<FiguresStore.Sums>> askSums() {
        return figures.sumsOfADay(clock.instant())
                .map(Optional::of)
                .ifNoItem()
                .after(PATIENCE)
                .fail()
                .onFailure()
                .recoverWithItem(Optional.empty());
    }

    private Uni<Map<String, Map<Instant, Flow>>> askFlows() {
        Instant end = lastMinute();
        return figures.flows(end.minus(FiguresWriter.MINUTE.multipliedBy(MINUTES)), end)
                .ifNoItem()
                .after(PATIENCE)
                .fail()
                .onFailure()
                .recoverWithItem(Map.of());
    }

    private Instant lastMinute() {
        return FiguresWriter.floor(clock.instant().minus(FiguresWriter.AFTER), FiguresWriter.MINUTE);
    }

    private OverviewAnswer answer(
            Observation seen,
            StateCounts.Delayed delayedJobs,
            Optional<FiguresStore.Sums> day,
            Map<String, Map<Instant, Flow>> flowsByQueue) {
        List<Problem> problems = ProblemFinder.find(config, seen);
        Set<String> bad = problems.stream().map(Problem::subject).collect(Collectors.toSet());
        List<OverviewAnswer.Queue> queues = seen.queues().stream()
                .map(queue -> queue(queue, seen.workers(), flowsByQueue.getOrDefault(queue.queue(), Map.of())))
                .sorted(Comparator.comparing((OverviewAnswer.Queue queue) -> !bad.contains(queue.queue()))
                        .thenComparing(OverviewAnswer.Queue::queue))
                .toList();
        return new OverviewAnswer(
                seen.at(), problems, ProblemFinder.CHECKS, seen.unknown(), totals(seen, delayedJobs, day), queues);
    }

    private static OverviewAnswer.Totals totals(
            Observation seen, StateCounts.Delayed delayedJobs, Optional<FiguresStore.Sums> day) {
        List<LiveWorker> alive =
                seen.workers().stream().filter(worker -> !worker.isLost()).toList();
        return new OverviewAnswer.Totals(
                seen.queues().stream().mapToLong(QueueStatus::waiting).sum(),
                seen.queues().stream().mapToLong(QueueStatus::active).sum(),
                alive.stream().mapToLong(worker -> worker.profile().slots()).sum(),
                delayedJobs.scheduled(),
                delayedJobs.retrying(),
                seen.queues().stream().mapToLong(QueueStatus::dead).sum(),
                day.map(FiguresStore.Sums::completed).orElse(null),
                day.map(FiguresStore.Sums::failed).orElse(null),
                day.map(FiguresStore.Sums::died).orElse(null),
                seen.queues().stream()
                        .filter(QueueStatus::paused)
                        .map(QueueStatus::queue)
                        .toList(),
                new OverviewAnswer.Workers(alive.size(), seen.workers().size() - alive.size()));
    }

    private OverviewAnswer.Queue queue(QueueStatus status, List<LiveWorker> workers, Map<Instant, Flow> flow) {
        List<LiveWorker> serving = workers.stream()
                .filter(LiveWorker::isTaking)
                .filter(worker -> worker.profile().serves(status.queue()))
                .toList();
        int slots = serving.stream()
                .flatMap(worker -> worker.profile().queues().stream())
                .filter(one -> one.queue().equals(status.queue()))
                .mapToInt(WorkerProfile.Queue::slots)
                .sum();
        Instant end = lastMinute();
        List<@Nullable Long> hour = new ArrayList<>(MINUTES);
        for (int ago = MINUTES; ago >= 1; ago--) {
            Flow minute = flow.get(end.minus(FiguresWriter.MINUTE.multipliedBy(ago)));
            hour.add(minute == null ? null : Long.valueOf(minute.waiting()));
        }
        List<Flow> recent = flow.entrySet().stream()
                .filter(one -> !one.getKey().isBefore(end.minus(FiguresWriter.MINUTE.multipliedBy(RATE_MINUTES))))
                .map(Map.Entry::getValue)
                .toList();
        return new OverviewAnswer.Queue(
                status.queue(),
                status.waiting(),
                status.active(),
                status.scheduled(),
                status.dead(),
                status.oldestWaitMs(),
                config.oldestWaitOf(status.queue()).toMillis(),
                status.paused(),
                serving.size(),
                slots,
                perSecond(recent.stream()
                        .filter(one -> one.enqueued() >= 0)
                        .mapToLong(Flow::enqueued)
                        .boxed()
                        .toList()),
                perSecond(recent.stream().map(Flow::completed).toList()),
                hour);
    }

    private static @Nullable Double perSecond(List<Long> minutes) {
        return minutes.isEmpty()
                ? null
                : Series.rounded(minutes.stream().mapToLong(Long::longValue).sum()
                        / (double) (minutes.size() * FiguresWriter.MINUTE.toSeconds()));
    }
}
