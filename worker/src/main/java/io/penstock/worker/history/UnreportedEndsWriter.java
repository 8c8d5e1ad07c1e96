package io.penstock.worker.history;

import io.penstock.common.history.HistoryPolicy;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.HistoryState;
import io.penstock.common.history.JobHistoryStore;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.UnreportedEnd;
import io.penstock.common.queue.UnreportedEnds;
import io.penstock.worker.maintain.PartitionDuty;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes the ends that no worker had in hand from where they were noted to the history. A note is dropped when its row is
 * written, never before. A row is the same however often its note is read, so that neither a crash between nor another
 * worker that does the same makes two of it. While PostgreSQL is away the notes stay in Redis.
 */
@ApplicationScoped
public class UnreportedEndsWriter implements PartitionDuty {

    private static final Logger LOG = Logger.getLogger(UnreportedEndsWriter.class);

    /** Some milliseconds for PostgreSQL, one command for Redis. */
    private static final int BATCH = 200;
    /** After so many batches others get their turn; the next turn goes on. */
    private static final int MAX_BATCHES = 20;

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final UnreportedEnds ends;
    private final JobHistoryStore store;
    private final HistoryPolicies policies;
    private final HistoryMeters meters;
    private volatile boolean failing;

    @Inject
    public UnreportedEndsWriter(
            UnreportedEnds ends, JobHistoryStore store, HistoryPolicies policies, HistoryMeters meters) {
        this.ends = ends;
        this.store = store;
        this.policies = policies;
        this.meters = meters;
    }

    @Override
    public String name() {
        return "take ends to the history";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public Need need() {
        return Need.UNREPORTED_ENDS;
    }

    @Override
    public Uni<Void> runOnce(QueuePolicy policy, int partition) {
        return write(policy, partition, MAX_BATCHES);
    }

    private Uni<Void> write(QueuePolicy policy, int partition, int batchesLeft) {
        return ends.oldest(policy, partition, BATCH).chain(found -> {
            noteMissed(policy, found.missed());
            return found.ends().isEmpty()
                    ? Uni.createFrom().voidItem()
                    : write(rows(policy, found.ends()))
                            .chain(written ->
                                    written ? dropped(policy, partition, found.ends(), batchesLeft) : later());
        });
    }

    private Uni<Void> dropped(QueuePolicy policy, int partition, List<UnreportedEnd> told, int batchesLeft) {
        return ends.drop(policy, partition, told)
                .chain(() -> told.size() == BATCH && batchesLeft > 1
                        ? write(policy, partition, batchesLeft - 1)
                        : Uni.createFrom().voidItem());
    }

    private static Uni<Void> later() {
        return Uni.createFrom().voidItem();
    }

    /** False: they have to wait. That PostgreSQL is away is no fault of this worker. */
    private Uni<Boolean> write(List<HistoryRow> rows) {
        long begin = System.nanoTime();
        return new BatchWrite(store, meters, () -> {})
                .write(rows)
                .invoke(written -> {
                    meters.wrote(rows.size(), Duration.ofNanos(System.nanoTime() - begin));
                    if (failing) {
                        failing = false;
                        LOG.info("history: ends without a worker are written again");
                    }
                })
                .replaceWith(true)
                .onFailure()
                .recoverWithItem(failure -> {
                    if (!failing) {
                        failing = true;
                        LOG.warnf(
                                "history: ends without a worker wait in Redis, they cannot be written now: %s",
                                failure);
                    }
                    return false;
                });
    }

    private void noteMissed(QueuePolicy policy, long missed) {
        if (missed > 0 && policies.of(policy.queue()).policy() != HistoryPolicy.NONE) {
            meters.missed(missed);
            LOG.errorf(
                    "history: %d ends of queue %s without a worker have no row, too many waited to be written",
                    missed, policy.queue());
        }
    }

    private List<HistoryRow> rows(QueuePolicy policy, List<UnreportedEnd> found) {
        HistoryPolicy kept = policies.of(policy.queue()).policy();
        return found.stream()
                .filter(end -> keeps(kept, end))
                .map(end -> row(policy.queue(), end))
                .toList();
    }

    /** A newer version's word is kept like any end that is not a success. */
    private static boolean keeps(HistoryPolicy kept, UnreportedEnd end) {
        return kept.keeps(HistoryState.ofWire(end.state()).orElse(HistoryState.DEAD));
    }

    private static HistoryRow row(String queue, UnreportedEnd end) {
        return HistoryRow.builder(end.jobId(), queue, end.type(), end.state(), end.enqueuedAt(), end.endedAt())
                .attempt(end.attempts())
                .maxAttempts(end.maxAttempts())
                .stalls(end.stalls())
                .priority(end.priority())
                .tenant(end.labels().tenant().orElse(null))
                .group(end.labels().group().orElse(null))
                .tags(end.labels().tags())
                .worker(end.worker())
                .error(error(end))
                .build();
    }

    /** Rows of other ends have none: nothing went wrong. */
    private static @Nullable String error(UnreportedEnd end) {
        return end.state().equals(HistoryState.DEAD.wire()) ? end.reason() : null;
    }
}
