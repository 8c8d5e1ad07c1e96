package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.util.List;

/**
 * The ends that no worker could tell the history of, because none had the job in hand: it was buried by the rescue or with
 * its child, or an operator cancelled, deleted or drained it. The step that ends such a job leaves a note in the same
 * partition; the note stays until it is dropped, so that no crash between loses it. Any number of workers may read the same
 * notes at once.
 *
 * <p>Fails as {@link JobQueue} does.
 */
public interface UnreportedEnds {

    /** The oldest notes of a partition, at most so many. */
    Uni<Found> oldest(QueuePolicy policy, int partition, int most);

    /** Drops notes: the history has been told. Those that are gone already are passed over. */
    Uni<Void> drop(QueuePolicy policy, int partition, List<UnreportedEnd> told);

    /**
     * What was found.
     *
     * @param missed ends since the last look that left no note, because there were too many
     */
    record Found(List<UnreportedEnd> ends, long missed) {}
}
