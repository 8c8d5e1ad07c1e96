package io.penstock.scheduler;

import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.UnknownJobTypeException;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.PayloadTooLargeException;
import io.penstock.common.schedule.ClaimedFire;
import io.penstock.common.schedule.ScheduledJobs;
import io.penstock.common.schedule.ScheduledTaskStore;
import io.penstock.common.schedule.TaskExecutionStore;
import io.penstock.common.schedule.TaskExecutionStore.Note;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Hands claimed instants to the queue, then notes that it did. The second and third of the three steps claim, enqueue,
 * mark; a scheduler may die between any two of them.
 *
 * <p>An instant always makes the same job id, and the queue adds a live id once only, so that enqueueing again what was
 * enqueued but not marked changes nothing. Two gaps are left, and narrowed:
 * <ul>
 *   <li>The job was enqueued, ran and ended before its row was marked. Before a row that was left behind is enqueued
 *       again, the queue is asked for the job, ended ones included. Only where the queue has dropped its record of the
 *       ended job by then ({@code keep-completed}) does the job run a second time.
 *   <li>A process that was stopped for longer than the lease of its claim and wakes up: another has enqueued the
 *       instant meanwhile. It looks at the monotonic clock before each hand-over and leaves what is too old to the
 *       others; what remains is a stop between that look and the write to the socket.
 * </ul>
 */
@ApplicationScoped
public class FireEnqueuer {

    /** Jobs of one hand-over, well below {@code penstock.bulk-limit}. */
    private static final int CHUNK = 100;

    private static final int CHUNKS_AT_ONCE = 4;
    private static final int LOOK_UPS_AT_ONCE = 16;
    private static final Logger LOG = Logger.getLogger(FireEnqueuer.class);

    /** A fire with the job made of it. */
    private record Shot(ClaimedFire fire, NewJob job) {}

    private final JobQueue queue;
    private final ScheduledJobs jobs;
    private final OverlapJudge overlaps;
    private final ScheduledTaskStore tasks;
    private final TaskExecutionStore executions;
    private final FireMeters meters;
    private final Duration lease;

    private volatile boolean failing;

    public FireEnqueuer(
            JobQueue queue,
            ScheduledJobs jobs,
            OverlapJudge overlaps,
            ScheduledTaskStore tasks,
            TaskExecutionStore executions,
            FireMeters meters,
            SchedulerConfig config) {
        this.queue = queue;
        this.jobs = jobs;
        this.overlaps = overlaps;
        this.tasks = tasks;
        this.executions = executions;
        this.meters = meters;
        this.lease = config.claimLease();
    }

    /** Enqueues what was claimed just now. */
    Uni<Void> enqueue(List<ClaimedFire> fires, Moment claimed) {
        if (fires.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return overlaps.judge(fires)
                .call(verdict -> executions.markSkipped(verdict.skip(), claimed.now()))
                .invoke(verdict -> meters.skipped(verdict.skip()))
                .call(verdict -> executions.hold(verdict.hold(), claimed.now()))
                .chain(verdict -> handOver(verdict.run(), claimed))
                .onFailure()
                .recoverWithUni(failure -> leaveBehind(fires, failure));
    }

    /** Enqueues what another scheduler may have enqueued already. */
    Uni<Void> enqueueAgain(List<ClaimedFire> fires, Moment claimed) {
        if (fires.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return known(fires)
                .call(known -> executions.markEnqueued(
                        fires.stream()
                                .filter(fire -> known.contains(fire.jobId()))
                                .toList(),
                        claimed.now()))
                .map(known -> fires.stream()
                        .filter(fire -> !known.contains(fire.jobId()))
                        .toList())
                .chain(unknown -> enqueue(unknown, claimed))
                .onFailure()
                .recoverWithUni(failure -> leaveBehind(fires, failure));
    }

    /** The ids among the fires' jobs that the queue has a record of. */
    private Uni<Set<String>> known(List<ClaimedFire> fires) {
        return Multi.createFrom()
                .iterable(fires)
                .onItem()
                .transformToUni(fire -> queue.find(fire.jobId()).map(job -> Map.entry(fire.jobId(), job.isPresent())))
                .merge(LOOK_UPS_AT_ONCE)
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .collect()
                .with(Collectors.toSet());
    }

    private Uni<Void> handOver(List<ClaimedFire> fires, Moment claimed) {
        Map<String, List<Shot>> byQueue = new LinkedHashMap<>();
        List<Note> refused = new ArrayList<>();
        Map<String, @Nullable String> marks = new HashMap<>();
        for (ClaimedFire fire : fires) {
            try {
                NewJob job = jobs.job(fire);
                byQueue.computeIfAbsent(job.queue(), queue -> new ArrayList<>()).add(new Shot(fire, job));
                if (fire.marked()) {
                    marks.put(fire.taskId(), null);
                }
            } catch (UnknownJobTypeException | InvalidJobException | PayloadTooLargeException e) {
                String reason = String.valueOf(e.getMessage());
                refused.add(new Note(fire.executionId(), reason));
                marks.put(fire.taskId(), reason);
            }
        }
        return Multi.createFrom()
                .iterable(chunks(byQueue))
                .onItem()
                .transformToUni(chunk -> handOverChunk(chunk, claimed))
                .merge(CHUNKS_AT_ONCE)
                .collect()
                .last()
                .call(() -> executions.markFailed(refused, claimed.now()))
                .chain(() -> tasks.markErrors(marks))
                .invoke(changed -> report(changed, marks))
                .replaceWithVoid();
    }

    private static List<List<Shot>> chunks(Map<String, List<Shot>> byQueue) {
        List<List<Shot>> chunks = new ArrayList<>();
        for (List<Shot> shots : byQueue.values()) {
            for (int from = 0; from < shots.size(); from += CHUNK) {
                chunks.add(shots.subList(from, Math.min(shots.size(), from + CHUNK)));
            }
        }
        return chunks;
    }

    private Uni<Void> handOverChunk(List<Shot> chunk, Moment claimed) {
        List<ClaimedFire> fires = chunk.stream().map(Shot::fire).toList();
        return Uni.createFrom()
                .deferred(() -> {
                    if (claimed.age().compareTo(lease) >= 0) {
                        throw new IllegalStateException("the claim is older than " + lease.toMillis() + " ms");
                    }
                    return queue.enqueueAll(chunk.stream().map(Shot::job).toList());
                })
                .chain(() -> executions.markEnqueued(fires, claimed.now()))
                .invoke(() -> enqueued(fires, claimed))
                .onFailure()
                .recoverWithUni(failure -> leaveBehind(fires, failure));
    }

    private void enqueued(List<ClaimedFire> fires, Moment claimed) {
        for (ClaimedFire fire : fires) {
            meters.fired(fire.trigger(), Duration.between(fire.scheduledFor(), claimed.now()));
        }
        if (failing) {
            failing = false;
            LOG.info("due jobs reach the queue again");
        }
    }

    /** Nothing is lost: the rows are claimed and not marked, so the recovery of any replica takes them. */
    private Uni<Void> leaveBehind(List<ClaimedFire> fires, Throwable failure) {
        meters.enqueueFailed(fires);
        if (!failing) {
            failing = true;
            LOG.warnf(
                    "%d due jobs did not reach the queue (%s); they are tried again every %d s",
                    fires.size(), failure, lease.toSeconds());
        }
        return Uni.createFrom().voidItem();
    }

    private void report(List<String> changed, Map<String, @Nullable String> marks) {
        for (String taskId : changed) {
            String error = marks.get(taskId);
            if (error == null) {
                LOG.infof("schedule %s works again", taskId);
            } else {
                meters.badDefinitions(List.of(taskId));
                LOG.warnf("schedule %s makes no job: %s", taskId, error);
            }
        }
    }
}
