package io.penstock.common.outbox;

import io.penstock.common.queue.IdempotencyConfig;
import io.penstock.common.queue.IdempotentEnqueue;
import io.penstock.common.queue.QueuePartition;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Makes the queue forget rows that are gone, and the table forget idempotency keys that are due. A dedup key that is old is not enough: while PostgreSQL is away, rows that were
 * handed over wait to be deleted, for as long as that takes. So the table is asked about each. Safe in every relay at
 * once.
 */
@ApplicationScoped
public class DedupCleaner {

    private static final int DEDUP_KEYS = 1_000;
    /** After so many steps at one place others get their turn; the next round goes on. */
    private static final int STEPS = 1_000;

    private final IdempotentEnqueue queue;
    private final OutboxTable table;
    private final Duration remember;
    private final Duration keyRetention;

    @Inject
    public DedupCleaner(IdempotentEnqueue queue, OutboxTable table, OutboxRelayConfig config, IdempotencyConfig keys) {
        this.queue = queue;
        this.table = table;
        this.remember = config.remember();
        this.keyRetention = keys.retention();
    }

    Uni<Void> runOnce() {
        return Multi.createFrom()
                .iterable(queue.places())
                .onItem()
                .transformToUniAndConcatenate(place -> clean(place, STEPS))
                .collect()
                .last()
                .chain(() -> forgetKeys(STEPS));
    }

    private Uni<Void> forgetKeys(int stepsLeft) {
        return table.forgetKeys(keyRetention, DEDUP_KEYS)
                .chain(forgotten -> forgotten == DEDUP_KEYS && stepsLeft > 1
                        ? forgetKeys(stepsLeft - 1)
                        : Uni.createFrom().voidItem());
    }

    private Uni<Void> clean(QueuePartition place, int stepsLeft) {
        return queue.oldDedupKeys(place, remember, DEDUP_KEYS)
                .chain(dedupKeys -> dedupKeys.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : forgetGone(place, dedupKeys)
                                .chain(forgotten -> forgotten == DEDUP_KEYS && stepsLeft > 1
                                        ? clean(place, stepsLeft - 1)
                                        : Uni.createFrom().voidItem()));
    }

    private Uni<Integer> forgetGone(QueuePartition place, List<String> dedupKeys) {
        return table.existing(dedupKeys.stream().map(OutboxRow::idOf).toList()).chain(existing -> {
            Collection<String> gone = dedupKeys.stream()
                    .filter(key -> !existing.contains(OutboxRow.idOf(key)))
                    .toList();
            return queue.forget(place, gone).replaceWith(gone.size());
        });
    }
}
