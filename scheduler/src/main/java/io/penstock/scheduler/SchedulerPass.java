package io.penstock.scheduler;

import io.penstock.common.job.JobType;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.schedule.ClaimedFire;
import io.penstock.common.schedule.DueSummary;
import io.penstock.common.schedule.Fire;
import io.penstock.common.schedule.NextRunUpdate;
import io.penstock.common.schedule.ScheduledTask;
import io.penstock.common.schedule.ScheduledTaskStore;
import io.penstock.common.schedule.TaskExecutionStore;
import io.penstock.common.schedule.TaskExecutionStore.Abandoned;
import io.penstock.common.schedule.TaskExecutionStore.Claim;
import io.penstock.common.schedule.TaskExecutionStore.Note;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * One look at the table: plans what has no next run, fires what is due, recovers what another scheduler left behind.
 * Where there is nothing of these, two statements say so.
 *
 * <p>Any number of replicas tick at once. A batch of due schedules is locked, passing over what others hold; its
 * instants are inserted into the log, where the unique row decides, and the schedules are moved on in the same
 * transaction. Only then are the jobs enqueued. So an instant is due, or claimed, or enqueued at every moment, whoever
 * dies; {@link FireEnqueuer} tells what that is worth.
 */
@ApplicationScoped
public class SchedulerPass {

    /** A process that is stopped inside a transaction must not keep its schedules from the others for longer. */
    private static final String RELEASE_LOCKS_OF_THE_STOPPED = "SET LOCAL idle_in_transaction_session_timeout = '1s'";

    /**
     * Batches of one kind are begun for so long; what is left waits for the next tick, which follows at once. A tick that
     * was cut off by its time limit instead would leave a claimed batch behind.
     */
    private static final Duration ROUNDS = Duration.ofSeconds(2);

    private static final Logger LOG = Logger.getLogger(SchedulerPass.class);

    /** How many schedules a round found, what is to be fired of them, and the instants it claimed. */
    private record Round(int found, List<Fire> fires, List<ClaimedFire> claimed) {}

    private final Pool pool;
    private final ScheduleClock clock;
    private final ScheduledTaskStore tasks;
    private final TaskExecutionStore executions;
    private final FirePlanner planner;
    private final FireEnqueuer enqueuer;
    private final FireMeters meters;
    private final MisfireAlerts watch;
    private final List<String> types;
    private final int batch;
    private final Duration lease;

    public SchedulerPass(
            Pool pool,
            ScheduleClock clock,
            ScheduledTaskStore tasks,
            TaskExecutionStore executions,
            FirePlanner planner,
            FireEnqueuer enqueuer,
            FireMeters meters,
            MisfireAlerts watch,
            JobTypes types,
            SchedulerConfig config) {
        this.pool = pool;
        this.clock = clock;
        this.tasks = tasks;
        this.executions = executions;
        this.planner = planner;
        this.enqueuer = enqueuer;
        this.meters = meters;
        this.watch = watch;
        this.types = types.all().stream().map(JobType::name).toList();
        this.batch = config.batch();
        this.lease = config.claimLease();
    }

    /** Fails where PostgreSQL does; a queue that cannot be reached does not fail it. Returns the time it began. */
    Uni<ClockReading> runOnce() {
        return clock.now().map(ClockReading::of).call(moment -> tasks.agenda(moment.read())
                .chain(agenda -> follow(agenda, moment)));
    }

    /** What was left behind comes first: it is the latest, and where there is too much to do it must not wait for ever. */
    private Uni<Void> follow(DueSummary agenda, ClockReading moment) {
        Uni<Void> recovered = agenda.unattended() ? recover(moment) : nothing();
        return recovered
                .chain(() -> agenda.unplanned() ? planNew(moment) : nothing())
                .chain(() -> agenda.due() || agenda.unplanned() ? fireDue(moment) : nothing());
    }

    private static Uni<Void> nothing() {
        return Uni.createFrom().voidItem();
    }

    Uni<Void> planNew(ClockReading moment) {
        return rounds(
                ClockReading.of(moment.read()),
                () -> inTransaction(
                        connection -> tasks.lockUnplanned(connection, batch).chain(found -> moveOn(
                                        connection,
                                        found.stream().map(planner::plan).toList())
                                .replaceWith(found.size()))));
    }

    Uni<Void> fireDue(ClockReading moment) {
        return rounds(ClockReading.of(moment.read()), () -> {
            ClockReading claiming = ClockReading.of(moment.now());
            return claimDue(claiming)
                    .call(round -> enqueuer.enqueue(round.claimed(), claiming))
                    .map(Round::found);
        });
    }

    /** The first of the steps, on its own for tests that stop after it. */
    Uni<List<ClaimedFire>> claimOnly(ClockReading moment) {
        return claimDue(moment).map(Round::claimed);
    }

    Uni<Void> recover(ClockReading moment) {
        return rounds(ClockReading.of(moment.read()), () -> {
            ClockReading claiming = ClockReading.of(moment.now());
            return executions
                    .takeOver(claiming.now(), lease, batch)
                    .call(found -> endOrphans(found, claiming))
                    .call(found -> enqueueAgain(found, claiming))
                    .map(List::size);
        });
    }

    private Uni<Round> claimDue(ClockReading moment) {
        return inTransaction(connection -> tasks.lockDue(connection, moment.read(), batch, types)
                        .chain(found -> {
                            List<FirePlanner.Plan> plans = found.stream()
                                    .map(task -> planner.fire(task, moment.read()))
                                    .toList();
                            List<Fire> fires = plans.stream()
                                    .flatMap(plan -> plan.fires().stream())
                                    .toList();
                            return executions
                                    .claim(connection, fires, moment.read(), lease)
                                    .call(() -> moveOn(connection, plans))
                                    .map(claims ->
                                            new Round(found.size(), fires, withDefinitions(claims, fires, found)));
                        }))
                .invoke(round -> watch.claimed(round.fires()));
    }

    private Uni<Void> moveOn(SqlConnection connection, List<FirePlanner.Plan> plans) {
        List<NextRunUpdate> advances =
                plans.stream().map(FirePlanner.Plan::advance).toList();
        return tasks.advance(connection, advances).invoke(() -> advances.forEach(this::reportUnusable));
    }

    private void reportUnusable(NextRunUpdate advance) {
        if (advance.error() != null) {
            meters.badDefinitions(List.of(advance));
            LOG.warnf("schedule %s is left out until it is changed: %s", advance.taskId(), advance.error());
        }
    }

    private static List<ClaimedFire> withDefinitions(List<Claim> claims, List<Fire> fires, List<ScheduledTask> found) {
        Map<String, ScheduledTask> taskById =
                found.stream().collect(Collectors.toMap(ScheduledTask::id, Function.identity()));
        Map<String, Fire> fireByTaskAndInstant = fires.stream()
                .collect(Collectors.toMap(fire -> fire.taskId() + ' ' + fire.scheduledFor(), Function.identity()));
        return claims.stream()
                .flatMap(claim -> {
                    ScheduledTask task = taskById.get(claim.taskId());
                    Fire fire = fireByTaskAndInstant.get(claim.taskId() + ' ' + claim.scheduledFor());
                    return task == null || fire == null
                            ? Stream.empty()
                            : Stream.of(new ClaimedFire(
                                    claim.executionId(),
                                    task.id(),
                                    fire.scheduledFor(),
                                    fire.trigger(),
                                    task.definition(),
                                    task.definitionError() != null));
                })
                .toList();
    }

    private Uni<Void> endOrphans(List<Abandoned> found, ClockReading moment) {
        return executions.markSkipped(
                found.stream()
                        .filter(row -> row.fire().isEmpty())
                        .map(row -> new Note(row.executionId(), "the schedule was deleted"))
                        .toList(),
                moment.now());
    }

    private Uni<Void> enqueueAgain(List<Abandoned> found, ClockReading moment) {
        List<ClaimedFire> fires =
                found.stream().map(Abandoned::fire).flatMap(Optional::stream).toList();
        meters.recovered(fires);
        return enqueuer.enqueueAgain(fires, moment);
    }

    private <T> Uni<T> inTransaction(Function<SqlConnection, Uni<T>> work) {
        return pool.withTransaction(connection ->
                connection.query(RELEASE_LOCKS_OF_THE_STOPPED).execute().chain(() -> work.apply(connection)));
    }

    /** Repeats while batches come back full. */
    private Uni<Void> rounds(ClockReading begin, Supplier<Uni<Integer>> round) {
        return round.get()
                .chain(found -> found < batch || begin.age().compareTo(ROUNDS) > 0 ? nothing() : rounds(begin, round));
    }
}
