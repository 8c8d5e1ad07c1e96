package io.penstock.scheduler;

import io.penstock.common.history.HistoryPolicy;
import io.penstock.common.history.HistoryQueries;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.HistoryState;
import io.penstock.common.history.HistoryTime;
import io.penstock.common.queue.QueueConfig;
import io.penstock.common.schedule.ExecutionStatus;
import io.penstock.common.schedule.RunOutcome;
import io.penstock.common.schedule.TaskExecutionStore.Followed;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Ends runs whose job the queue no longer knows. The history tells how the job ended, if the queue's policy keeps such an
 * end; its row may come a little later than the queue forgets the job, so that it is asked for a while. After that a run
 * ends all the same, because nobody else will ever tell of it.
 */
@ApplicationScoped
public class LostRuns {

    private static final Logger LOG = Logger.getLogger(LostRuns.class);

    /** How much later than the queue forgets a job its row may be there: beyond what a writer of the history waits. */
    static final Duration PATIENCE = Duration.ofSeconds(15);

    /** Clocks of workers may differ from PostgreSQL's by so much. */
    private static final Duration SKEW = Duration.ofHours(1);

    /** Runs that are waited for at once; those beyond end without waiting. */
    private static final int MOST_WAITING = 10_000;

    static final String NO_RECORD = "\"ended; the queue kept no record of how\"";
    static final String UNKNOWN = "its end is unknown: neither the queue nor the history knows its job";

    private final HistoryQueries history;
    private final Function<String, HistoryPolicy> policies;
    /** When each was missed first, by execution. Another scheduler begins anew, which costs the wait once more. */
    private final Map<Long, Instant> missedSince = new ConcurrentHashMap<>();

    @Inject
    public LostRuns(HistoryQueries history, QueueConfig queues) {
        this(history, queue -> {
            QueueConfig.Queue settings = queues.queues().get(queue);
            return settings == null ? HistoryPolicy.FAILURES : settings.history();
        });
    }

    LostRuns(HistoryQueries history, Function<String, HistoryPolicy> policies) {
        this.history = history;
        this.policies = policies;
    }

    /** The ends of those that can be told now; the others are to be brought again. */
    Uni<List<RunOutcome>> ends(List<Followed> runs, Instant now) {
        forgetOld(now);
        if (runs.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        Collection<String> jobIds = runs.stream().map(Followed::jobId).toList();
        return history.ends(jobIds, time(runs, now))
                .onFailure()
                .recoverWithItem(failure -> {
                    LOG.debugf("the history cannot tell of %d jobs now: %s", runs.size(), failure.getMessage());
                    return Map.of();
                })
                .map(rows -> {
                    List<RunOutcome> ends = new ArrayList<>();
                    for (Followed run : runs) {
                        RunOutcome end = end(run, rows.get(run.jobId()), now);
                        if (end != null) {
                            missedSince.remove(run.executionId());
                            ends.add(end);
                        }
                    }
                    return ends;
                });
    }

    /** Null: wait. */
    private @Nullable RunOutcome end(Followed run, @Nullable HistoryRow row, Instant now) {
        if (row != null) {
            return told(run, row);
        }
        HistoryPolicy kept = run.queue() == null ? HistoryPolicy.FAILURES : policies.apply(run.queue());
        if (kept != HistoryPolicy.NONE && isWaitedFor(run, now)) {
            return null;
        }
        // Where completed jobs leave no row and all others do, no row says that it completed.
        return kept == HistoryPolicy.ALL
                ? new RunOutcome(run.executionId(), ExecutionStatus.FAILED, null, now, null, UNKNOWN)
                : new RunOutcome(run.executionId(), ExecutionStatus.COMPLETED, null, now, NO_RECORD, null);
    }

    private static RunOutcome told(Followed run, HistoryRow row) {
        if (row.state().equals(HistoryState.COMPLETED.wire())) {
            return new RunOutcome(
                    run.executionId(), ExecutionStatus.COMPLETED, row.startedAt(), row.endedAt(), row.result(), null);
        }
        String error = row.error() == null ? row.state() : row.error();
        return new RunOutcome(
                run.executionId(),
                RunFollower.failedAs(row.failureKind()),
                row.startedAt(),
                row.endedAt(),
                null,
                error);
    }

    private boolean isWaitedFor(Followed run, Instant now) {
        Instant since = missedSince.get(run.executionId());
        if (since == null && missedSince.size() < MOST_WAITING) {
            missedSince.put(run.executionId(), now);
            return true;
        }
        return since != null && now.isBefore(since.plus(PATIENCE));
    }

    /** Those that another scheduler has ended meanwhile. */
    private void forgetOld(Instant now) {
        missedSince.values().removeIf(since -> since.isBefore(now.minus(SKEW)));
    }

    private static HistoryTime time(List<Followed> runs, Instant now) {
        Instant to = now.plus(SKEW);
        Instant earliest = to.minus(HistoryTime.MOST);
        Instant from = runs.stream()
                .map(run -> run.scheduledFor().minus(SKEW))
                .min(Instant::compareTo)
                .orElse(earliest);
        return new HistoryTime(from.isBefore(earliest) ? earliest : from, to);
    }
}
