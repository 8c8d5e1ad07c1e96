package io.penstock.common.figures;

import io.penstock.common.figures.QueueFigures.Depth;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.workers.WorkerBoard;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What was done in the last steps, before it is written down. How full the queues are is known of now alone. */
@ApplicationScoped
public class RecentFigures {

    private static final int AT_ONCE = 4;

    private final WorkerBoard board;
    private final JobQueue queue;
    private final QueuePolicies policies;

    @Inject
    public RecentFigures(WorkerBoard board, JobQueue queue, QueuePolicies policies) {
        this.board = board;
        this.queue = queue;
        this.policies = policies;
    }

    /**
     * Steps of {@link WorkerBoard#STEP}, each with the queue as it is now.
     *
     * @param queueName empty: all queues together
     */
    public Uni<List<QueueFigures>> steps(String queueName, Instant from, int count) {
        List<String> names = queueName.isEmpty()
                ? policies.all().stream().map(QueuePolicy::queue).toList()
                : List.of(queueName);
        List<Uni<QueueStatus>> statuses = names.stream().map(queue::status).toList();
        Uni<List<QueueStatus>> all = statuses.isEmpty()
                ? Uni.createFrom().item(List.of())
                : Uni.join().all(statuses).usingConcurrencyOf(AT_ONCE).andFailFast();
        return Uni.combine().all().unis(board.figures(from, count), all).with((steps, now) -> {
            List<QueueFigures> figures = new ArrayList<>(count);
            for (int i = 0; i < steps.size(); i++) {
                figures.add(step(queueName, from.plus(WorkerBoard.STEP.multipliedBy(i)), steps.get(i), now));
            }
            return figures;
        });
    }

    private static QueueFigures step(
            String queueName, Instant at, Map<String, Long> named, List<QueueStatus> statuses) {
        List<QueueFigures> each = statuses.stream()
                .map(status -> QueueFigures.of(at, status.queue(), named, depth(status), null))
                .toList();
        return queueName.isEmpty() ? QueueFigures.together(at, each) : each.get(0);
    }

    private static Depth depth(QueueStatus status) {
        return new Depth(
                status.waiting(),
                status.active(),
                status.scheduled(),
                status.dead(),
                status.oldestWaitMs(),
                status.paused());
    }
}
