package io.penstock.common.outbox;

import io.penstock.common.queue.OnceQueue;
import io.penstock.common.queue.QueuePartition;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Makes the queue forget rows that are gone. A mark that is old is not enough: while PostgreSQL is away, rows that were
 * handed over wait to be deleted, for as long as that takes. So the table is asked about each. Safe in every relay at
 * once.
 */
@ApplicationScoped
public class DedupCleaner {

    private static final int MARKS = 1_000;
    /** After so many steps at one place others get their turn; the next round goes on. */
    private static final int STEPS = 1_000;

    private final OnceQueue queue;
    private final OutboxTable table;
    private final Duration remember;

    @Inject
    public DedupCleaner(OnceQueue queue, OutboxTable table, OutboxRelayConfig config) {
        this.queue = queue;
        this.table = table;
        this.remember = config.remember();
    }

    Uni<Void> runOnce() {
        return Multi.createFrom()
                .iterable(queue.places())
                .onItem()
                .transformToUniAndConcatenate(place -> tidy(place, STEPS))
                .collect()
                .last()
                .replaceWithVoid();
    }

    private Uni<Void> tidy(QueuePartition place, int stepsLeft) {
        return queue.oldMarks(place, remember, MARKS)
                .chain(marks -> marks.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : forgetGone(place, marks)
                                .chain(forgotten -> forgotten == MARKS && stepsLeft > 1
                                        ? tidy(place, stepsLeft - 1)
                                        : Uni.createFrom().voidItem()));
    }

    private Uni<Integer> forgetGone(QueuePartition place, List<String> marks) {
        return table.existing(marks.stream().map(OutboxRow::idOf).toList()).chain(existing -> {
            Collection<String> gone = marks.stream()
                    .filter(mark -> !existing.contains(OutboxRow.idOf(mark)))
                    .toList();
            return queue.forget(place, gone).replaceWith(gone.size());
        });
    }
}
