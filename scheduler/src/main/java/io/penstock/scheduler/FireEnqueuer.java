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
import io.penstock.common.schedule.TaskExecutionStore.Enqueuement;
import io.penstock.common.schedule.TaskExecutionStore.Note;
import io.penstock.scheduler.RunStatuses.RunJob;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Hands claimed instants to the queue, then notes that it did. The second and third of the three steps claim, enqueue,
 * mark; a scheduler may die between any two of them.
 *
 * <p>An instant always makes the same job id, and the queue accepts an id once only, and remembers it for a while after
 * the job has ended ({@code dedup-retention}). So enqueueing again what was enqueued but not marked changes nothing, nor does a
 * process that stood still between two steps and wakes up when another has done its work.
 *
 * <p>Left is what takes longer than that memory: rows that nobody could recover, since no scheduler ran. For them the
 * queue is asked for the job, ended ones included, as long as it keeps a record of them ({@code keep-completed}).
 */
@ApplicationScoped
public class FireEnqueuer {

    /** Jobs of one hand-over, well below {@code penstock.bulk-limit}. */
    private static final int CHUNK = 100;

    private static final int CHUNKS_AT_ONCE = 4;
    private static final Logger LOG = Logger.getLogger(FireEnqueuer.class);

    /** A fire with the job made of it. */
    private record FireJob(ClaimedFire fire, NewJob job) {

        Enqueuement enqueuement() {
            return new Enqueuement(fire.executionId(), fire.jobId(), job.queue());
        }
    }

    private final JobQueue queue;
    private final RunStatuses statuses;
    private final ScheduledJobs jobs;
    private final OverlapChecker overlaps;
    private final ScheduledTaskStore tasks;
    private final TaskExecutionStore executions;
    private final FireMeters meters;
    private final MisfireAlerts watch;
    private final Duration lease;
    private final Duration dedupRetention;

    private volatile boolean failing;

    public FireEnqueuer(
            JobQueue queue,
            RunStatuses statuses,
            ScheduledJobs jobs,
            OverlapChecker overlaps,
            ScheduledTaskStore tasks,
            TaskExecutionStore executions,
            FireMeters meters,
            MisfireAlerts watch,
            SchedulerConfig config) {
        this.queue = queue;
        this.statuses = statuses;
        this.jobs = jobs;
        this.overlaps = overlaps;
        this.tasks = tasks;
        this.executions = executions;
        this.meters = meters;
        this.watch = watch;
        this.lease = config.claimLease();
        this.dedupRetention = config.dedupRetention();
    }

    /** Enqueues what was claimed just now. */
    Uni<Void> enqueue(List<ClaimedFire> fires, ClockReading claimed) {
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
    Uni<Void> enqueueAgain(List<ClaimedFire> fires, ClockReading claimed) {
        if (fires.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return known(fires)
                .call(known -> executions.markEnqueued(known.values(), claimed.now()))
                .map(known -> fires.stream()
                        .filter(fire -> !known.containsKey(fire.jobId()))
                        .toList())
                .chain(unknown -> enqueue(unknown, claimed))
                .onFailure()
                .recoverWithUni(failure -> leaveBehind(fires, failure));
    }

    /** By job id, those of the fires whose job the queue has a record of. */
    private Uni<Map<String, Enqueuement>> known(List<ClaimedFire> fires) {
        Map<String, Enqueuement> asked = new LinkedHashMap<>();
        for (ClaimedFire fire : fires) {
            jobs.queueOf(fire.definition())
                    .ifPresent(
                            name -> asked.put(fire.jobId(), new Enqueuement(fire.executionId(), fire.jobId(), name)));
        }
        return statuses.of(asked.values().stream()
                        .map(job -> new RunJob(job.jobId(), job.queue()))
                        .toList())
                .invoke(found -> asked.keySet()
                        .removeIf(id ->
                                !found.live().contains(id) && !found.ended().containsKey(id)))
                .replaceWith(asked);
    }

    private Uni<Void> handOver(List<ClaimedFire> fires, ClockReading claimed) {
        Map<String, List<FireJob>> byQueue = new LinkedHashMap<>();
        List<Note> refused = new ArrayList<>();
        Map<String, @Nullable String> marks = new HashMap<>();
        for (ClaimedFire fire : fires) {
            try {
                NewJob job = jobs.job(fire);
                byQueue.computeIfAbsent(job.queue(), queue -> new ArrayList<>()).add(new FireJob(fire, job));
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
                .chain(() -> executions.markFailed(refused, claimed.now()))
                .call(watch::streaks)
                .chain(() -> tasks.markErrors(marks))
                .invoke(changed -> report(changed, marks))
                .replaceWithVoid();
    }

    private static List<List<FireJob>> chunks(Map<String, List<FireJob>> byQueue) {
        List<List<FireJob>> chunks = new ArrayList<>();
        for (List<FireJob> shots : byQueue.values()) {
            for (int from = 0; from < shots.size(); from += CHUNK) {
                chunks.add(shots.subList(from, Math.min(shots.size(), from + CHUNK)));
            }
        }
        return chunks;
    }

    private Uni<Void> handOverChunk(List<FireJob> chunk, ClockReading claimed) {
        List<ClaimedFire> fires = chunk.stream().map(FireJob::fire).toList();
        return Uni.createFrom()
                .deferred(() -> {
                    if (claimed.age().compareTo(lease) >= 0) {
                        throw new IllegalStateException("the claim is older than " + lease.toMillis() + " ms");
                    }
                    return queue.enqueueOnce(chunk.stream().map(FireJob::job).toList(), dedupRetention);
                })
                .chain(() -> executions.markEnqueued(
                        chunk.stream().map(FireJob::enqueuement).toList(), claimed.now()))
                .invoke(() -> enqueued(fires, claimed))
                .onFailure()
                .recoverWithUni(failure -> leaveBehind(fires, failure));
    }

    private void enqueued(List<ClaimedFire> fires, ClockReading claimed) {
        for (ClaimedFire fire : fires) {
            Duration late = Duration.between(fire.scheduledFor(), claimed.now());
            meters.fired(fire.trigger(), late);
            watch.fired(fire.taskId(), fire.trigger(), late);
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
