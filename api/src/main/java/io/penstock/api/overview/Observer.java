package io.penstock.api.overview;

import io.penstock.api.overview.Observation.Records;
import io.penstock.common.alert.AlertStore;
import io.penstock.common.figures.FiguresStore;
import io.penstock.common.figures.FiguresWriter;
import io.penstock.common.flow.GuardBoard;
import io.penstock.common.flow.GuardReport;
import io.penstock.common.history.HistorySearch;
import io.penstock.common.history.HistoryState;
import io.penstock.common.history.HistoryTime;
import io.penstock.common.job.JobType;
import io.penstock.common.outbox.OutboxAdmin;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.queue.StoreHealth;
import io.penstock.common.schedule.ScheduleHealth;
import io.penstock.common.workers.LiveWorker;
import io.penstock.common.workers.WorkerBoard;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Asks everything that the overview is made of, each part for itself: one that does not answer in time is left out and named,
 * because the page that tells of an outage must not be its victim. However many ask, Redis is asked once in two seconds and
 * PostgreSQL once in ten by one process.
 */
@ApplicationScoped
class Observer {

    private static final Duration FRESH = Duration.ofSeconds(2);
    private static final Duration RECORDS_FRESH = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int AT_ONCE = 4;
    private static final int MOST = 20;

    private final JobQueue queue;
    private final QueuePolicies policies;
    private final WorkerBoard workers;
    private final GuardBoard guards;
    private final StoreHealth safety;
    private final ScheduleHealth schedules;
    private final OutboxAdmin outbox;
    private final HistorySearch history;
    private final AlertStore alerts;
    private final FiguresStore figures;
    private final OverviewConfig config;
    private final Map<String, String> types;
    private final InstantSource clock = InstantSource.system();

    private final Remembered<Observation> observation = new Remembered<>(FRESH, this::observe);
    private final Remembered<PartOf<Records>> records = new Remembered<>(RECORDS_FRESH, this::askRecords);
    private final Remembered<PartOf<List<String>>> unsafe = new Remembered<>(RECORDS_FRESH, this::askSafety);

    @Inject
    Observer(
            JobQueue queue,
            QueuePolicies policies,
            JobTypes types,
            WorkerBoard workers,
            GuardBoard guards,
            StoreHealth safety,
            ScheduleHealth schedules,
            OutboxAdmin outbox,
            HistorySearch history,
            AlertStore alerts,
            FiguresStore figures,
            OverviewConfig config) {
        this.queue = queue;
        this.policies = policies;
        this.workers = workers;
        this.guards = guards;
        this.safety = safety;
        this.schedules = schedules;
        this.outbox = outbox;
        this.history = history;
        this.alerts = alerts;
        this.figures = figures;
        this.config = config;
        this.types = types.all().stream().collect(Collectors.toMap(JobType::name, JobType::queue));
    }

    /** What a part said, and its name if it said nothing. */
    private record PartOf<T>(T value, Optional<String> unknown) {}

    /** What is known right now, two seconds old at most. */
    Uni<Observation> now() {
        return observation.get();
    }

    private Uni<Observation> observe() {
        return Uni.combine()
                .all()
                .unis(
                        part("queues", List.<QueueStatus>of(), this::statuses),
                        part("workers", List.<LiveWorker>of(), workers::all),
                        part("flow", List.<GuardReport>of(), guards::all),
                        part("redis", List.<StoreHealth.Memory>of(), safety::memory),
                        unsafe.get(),
                        records.get())
                .with((statuses, alive, reports, memory, findings, known) -> new Observation(
                        clock.instant(),
                        statuses.value(),
                        alive.value(),
                        types,
                        reports.value(),
                        findings.value(),
                        memory.value(),
                        known.value(),
                        names(statuses, alive, reports, memory, findings, known)));
    }

    private static List<String> names(PartOf<?>... parts) {
        List<String> names = new ArrayList<>();
        for (PartOf<?> part : parts) {
            part.unknown().filter(name -> !names.contains(name)).ifPresent(names::add);
        }
        Collections.sort(names);
        return names;
    }

    private static <T> Uni<PartOf<T>> part(String name, T otherwise, Supplier<Uni<T>> ask) {
        return Uni.createFrom()
                .deferred(ask::get)
                .ifNoItem()
                .after(PATIENCE)
                .fail()
                .map(value -> new PartOf<>(value, Optional.<String>empty()))
                .onFailure()
                .recoverWithItem(new PartOf<>(otherwise, Optional.of(name)));
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

    private Uni<PartOf<List<String>>> askSafety() {
        return part("redis", List.of(), safety::findings);
    }

    private Uni<PartOf<Records>> askRecords() {
        Instant now = clock.instant();
        Instant anHourAgo = now.minus(FiguresWriter.HOUR);
        return part("postgresql", Records.NONE, () -> Uni.combine()
                .all()
                .unis(
                        schedules.dueBefore(now.minus(config.schedulerLate())),
                        schedules.failing(config.failingRuns(), MOST),
                        outbox.status(),
                        failures(now),
                        alerts.list(true, MOST),
                        figures.marks(anHourAgo, now.plusSeconds(1), ""),
                        figures.problems())
                .with(Records::new));
    }

    private Uni<List<HistorySearch.Failures>> failures(Instant now) {
        HistoryTime time = HistoryTime.of(null, null, now, FiguresWriter.HOUR);
        return Uni.combine()
                .all()
                .unis(
                        history.failures(time, HistoryState.DEAD, Optional.empty(), Optional.empty(), now),
                        history.failures(time, HistoryState.FAILED, Optional.empty(), Optional.empty(), now))
                .with((dead, failed) -> {
                    List<HistorySearch.Failures> all = new ArrayList<>(dead);
                    all.addAll(failed);
                    return all;
                });
    }
}
