package io.penstock.common.workers;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where worker processes show that they live, and hear what they are to do. One command for each heartbeat is all that it
 * costs; who says nothing any more disappears by itself.
 */
public interface WorkerBoard {

    /** Processes that one look shows, those heard of latest first. */
    int MOST = 500;

    /** A lost process is shown for so long. */
    Duration KEPT = Duration.ofHours(1);

    /** How long what the workers did is kept, and in which steps. */
    Duration FIGURES_KEPT = Duration.ofHours(2);

    Duration STEP = Duration.ofSeconds(10);

    /**
     * What the board answers to a heartbeat.
     *
     * @param order in force for this process; empty: none
     * @param profileNeeded the board has no profile of this process: send it with the next heartbeat
     * @param now by Redis's clock
     */
    record Answer(Optional<WorkerOrder> order, boolean profileNeeded, Instant now) {}

    /**
     * A sign of life.
     *
     * @param profile empty: the board has it
     * @param first the process has just started: orders to one of the same name before it are void
     * @param figures what was done since the last heartbeat, to be added to the present step
     */
    Uni<Answer> beat(
            String worker,
            Optional<WorkerProfile> profile,
            boolean first,
            WorkerState state,
            Map<String, Long> figures);

    /** The process has ended in good order. */
    Uni<Void> leave(String worker);

    /** All that live or are lost since {@link #KEPT} at most. */
    Uni<List<LiveWorker>> all();

    /** Empty: no such process. */
    Uni<Optional<LiveWorker>> find(String worker);

    /** Gives an order, which the process hears with its next heartbeat. False: it is lost or was never heard of. */
    Uni<Boolean> order(String worker, WorkerOrder order);

    /** What was done in the {@code count} steps from {@code from} on, each step for itself. */
    Uni<List<Map<String, Long>>> figures(Instant from, int count);
}
