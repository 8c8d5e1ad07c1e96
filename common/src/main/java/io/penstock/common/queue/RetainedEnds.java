package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The records that a partition keeps of ended jobs, once more from the oldest to the newest: what a worker did not live to
 * tell the history can be told from them, as far as the queue keeps them ({@code keep-completed}, {@code keep-dead}).
 *
 * <p>Fails as {@link JobQueue} does.
 */
public interface RetainedEnds {

    /**
     * The next records that nobody has looked through yet.
     *
     * @param turn how long nobody else gets them
     * @param settle ends younger than this stay for later
     * @return empty: another has the turn
     */
    Uni<Optional<Page>> next(QueuePolicy policy, int partition, Duration turn, Duration settle);

    /** Notes that a page was looked through: the next one begins behind it. */
    Uni<Void> passed(QueuePolicy policy, int partition, Page page);

    /**
     * Some records.
     *
     * @param ends of completed, dead, cancelled and expired jobs
     * @param place where the next page begins
     */
    record Page(List<JobView> ends, String place) {}
}
