package io.penstock.common.outbox;

import io.penstock.common.outbox.DispatchPlan.Entry;
import io.penstock.common.outbox.OutboxTable.Refusal;
import io.penstock.common.queue.IdempotentEnqueue;
import io.penstock.common.queue.IdempotentEnqueue.Keyed;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.PayloadTooLargeException;
import io.penstock.common.queue.QueuePartition;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Moves committed rows to the queue. Any number of relays may run at once.
 *
 * <p>A round is one transaction: lock rows, hand their jobs over, delete the rows, commit. A relay may die anywhere in
 * it. Up to the hand-over nothing has happened. After it the rows are still there, the next relay hands them over again,
 * and the queue recognises their dedup keys, also when the jobs have ended meanwhile. A relay that stands still and wakes up
 * after another has taken its rows comes too late for the queue, see {@link IdempotentEnqueue#acceptOnce}.
 */
@ApplicationScoped
public class OutboxRelay {

    private static final int LOADS_AT_ONCE = 4;
    private static final Logger LOG = Logger.getLogger(OutboxRelay.class);

    private final OutboxTable table;
    private final IdempotentEnqueue queue;
    private final RowJobs jobs;
    private final OutboxMeters meters;
    private final int batch;
    private final Duration acceptWithin;
    private final long payloadLimit;

    @Inject
    public OutboxRelay(
            OutboxTable table,
            IdempotentEnqueue queue,
            RowJobs jobs,
            OutboxMeters meters,
            OutboxRelayConfig config,
            @ConfigProperty(name = "penstock.payload-limit", defaultValue = "64K") MemorySize payloadLimit) {
        this.table = table;
        this.queue = queue;
        this.jobs = jobs;
        this.meters = meters;
        this.batch = config.batch();
        this.acceptWithin = config.acceptWithin();
        // Blanks between JSON tokens do not count, so that the exact limit holds only once a payload is written anew.
        this.payloadLimit = 2 * payloadLimit.asLongValue();
    }

    /** The rows of one round, and what became of them. */
    private static final class Round {
        private final List<Entry> entry = new ArrayList<>();
        private final List<Refusal> refusals = new ArrayList<>();
        private final List<Long> accepted = new ArrayList<>();
        private int repeated;
        private @Nullable Throwable failure;

        synchronized void accepted(List<Entry> load, int repeatedOnes) {
            load.forEach(row -> accepted.add(row.id()));
            repeated += repeatedOnes;
        }

        synchronized void failed(Throwable reason) {
            failure = reason;
        }

        synchronized boolean isBroken() {
            return failure != null;
        }
    }

    /** Moves one batch. Fails without any effect while Redis or PostgreSQL cannot be asked. */
    Uni<RelayRound> runOnce() {
        // The clock is read before any row is locked: whoever takes these rows after us has a later limit.
        return queue.clockMs()
                .chain(now -> table.inTransaction(
                        acceptWithin,
                        acceptWithin.multipliedBy(2),
                        transaction -> move(transaction, now + acceptWithin.toMillis())))
                .invoke(meters::moved);
    }

    private Uni<RelayRound> move(SqlConnection transaction, long notAfterMs) {
        return table.lockLanes(transaction, batch).chain(lanes -> table.takeOf(transaction, lanes, batch, payloadLimit)
                .chain(keyed -> table.takeLoose(transaction, batch, payloadLimit)
                        .chain(loose -> {
                            Round round = prepare(keyed, loose);
                            boolean full = loose.size() == batch
                                    || keyed.size() == batch
                                    || lanes.numbers().size() == OutboxTable.LANES_AT_ONCE;
                            return handOver(DispatchPlan.of(round.entry), 0, round, notAfterMs)
                                    .chain(() -> table.delete(transaction, round.accepted))
                                    .chain(() -> table.refuse(transaction, round.refusals))
                                    .replaceWith(() -> new RelayRound(
                                            round.accepted.size(),
                                            round.repeated,
                                            round.refusals.size(),
                                            full && round.accepted.size() + round.refusals.size() > 0,
                                            lanes.contended(),
                                            round.failure));
                        })));
    }

    private Round prepare(List<OutboxRow> keyed, List<OutboxRow> loose) {
        List<OutboxRow> rows = new ArrayList<>(keyed);
        rows.addAll(loose);
        rows.sort(Comparator.comparingLong(OutboxRow::id));
        Round round = new Round();
        Set<String> heldKeys = new HashSet<>();
        for (OutboxRow row : rows) {
            String key = row.orderingKey();
            if (key != null && (row.format() > OutboxTable.FORMAT || heldKeys.contains(key))) {
                // A newer relay understands it; what comes behind it must not overtake it.
                heldKeys.add(key);
            } else {
                prepare(row, round);
            }
        }
        if (!round.refusals.isEmpty()) {
            Refusal first = round.refusals.get(0);
            LOG.warnf(
                    "outbox: %d refused and set aside, the first is row %d: %s",
                    round.refusals.size(), first.id(), first.reason());
        }
        return round;
    }

    private void prepare(OutboxRow row, Round round) {
        try {
            NewJob job = jobs.job(row);
            round.entry.add(
                    new Entry(row.id(), row.orderingKey(), new Keyed(row.dedupKey(), job), queue.partitionOf(job)));
        } catch (IllegalArgumentException | PayloadTooLargeException e) {
            // Wrong fields, unknown types, queues that do not exist.
            // The reason may quote the row, and must stay one line of the log.
            String reason = String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}", " ");
            round.refusals.add(new Refusal(row.id(), reason));
        }
    }

    /** Wave after wave; none after one that failed, so that no row overtakes an earlier one of its key. */
    private Uni<Void> handOver(List<Map<QueuePartition, List<Entry>>> stages, int stage, Round round, long notAfterMs) {
        if (stage == stages.size() || round.isBroken()) {
            return Uni.createFrom().voidItem();
        }
        return Multi.createFrom()
                .iterable(stages.get(stage).entrySet())
                .onItem()
                .transformToUni(load -> handOver(load.getKey(), load.getValue(), round, notAfterMs))
                .merge(LOADS_AT_ONCE)
                .collect()
                .last()
                .chain(() -> handOver(stages, stage + 1, round, notAfterMs));
    }

    private Uni<Void> handOver(QueuePartition place, List<Entry> load, Round round, long notAfterMs) {
        return queue.acceptOnce(place, load.stream().map(Entry::job).toList(), notAfterMs)
                .invoke(repeated -> round.accepted(load, repeated))
                .onFailure()
                .invoke(round::failed)
                .onFailure()
                .recoverWithNull()
                .replaceWithVoid();
    }
}
