package io.penstock.common.operations;

import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobsPage;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Goes through the jobs of the queues that a filter names, a page at a time, from any position. */
@ApplicationScoped
public class BulkScan {

    /** Bounds how long one page holds Redis up. */
    static final int PAGE = 100;

    private final JobAdmin jobAdmin;
    private final QueuePolicies policies;

    @Inject
    public BulkScan(JobAdmin jobAdmin, QueuePolicies policies) {
        this.jobAdmin = jobAdmin;
        this.policies = policies;
    }

    /** A place on the way through the queues, in the order of their names. */
    public record Position(String queue, int partition, int section, String at) {}

    /**
     * One page.
     *
     * @param examined how many jobs it held
     * @param matching ids of those that are meant
     * @param next where to go on; empty: all was looked at
     */
    public record Page(int examined, List<String> matching, Optional<Position> next) {}

    /** Where to begin; empty: there is no queue. */
    Optional<Position> start(BulkFilter filter) {
        return firstOf(queues(filter));
    }

    Uni<Page> page(BulkAction action, BulkFilter filter, Instant frozenAt, Position at) {
        if (policies.find(at.queue()).isEmpty()) {
            return Uni.createFrom().item(new Page(0, List.of(), behind(filter, at.queue())));
        }
        JobsPage.Cursor cursor = new JobsPage.Cursor(at.section(), at.at());
        return jobAdmin.list(at.queue(), at.partition(), cursor, PAGE)
                .map(page -> new Page(
                        page.jobs().size(),
                        page.jobs().stream()
                                .filter(job -> filter.matches(job, action, frozenAt))
                                .map(JobsPage.Row::id)
                                .distinct()
                                .toList(),
                        next(action, filter, at, page.next())));
    }

    private Optional<Position> next(
            BulkAction action, BulkFilter filter, Position at, Optional<JobsPage.Cursor> cursor) {
        // Behind the records come the streams; there may be a million jobs in them, none of which is meant.
        if (cursor.isPresent()
                && (cursor.get().section() == JobsPage.Cursor.START.section() || filter.meansJobsInStreams(action))) {
            return Optional.of(new Position(
                    at.queue(),
                    at.partition(),
                    cursor.get().section(),
                    cursor.get().at()));
        }
        if (at.partition() + 1 < policies.named(at.queue()).partitions()) {
            return Optional.of(start(at.queue(), at.partition() + 1));
        }
        return behind(filter, at.queue());
    }

    private Optional<Position> behind(BulkFilter filter, String queue) {
        return firstOf(queues(filter).stream()
                .filter(name -> name.compareTo(queue) > 0)
                .toList());
    }

    private static Optional<Position> firstOf(Collection<String> queues) {
        return queues.stream().sorted().findFirst().map(queue -> start(queue, 0));
    }

    private static Position start(String queue, int partition) {
        return new Position(queue, partition, JobsPage.Cursor.START.section(), JobsPage.Cursor.START.at());
    }

    private List<String> queues(BulkFilter filter) {
        return filter.queue() != null
                ? List.of(filter.queue())
                : policies.all().stream().map(QueuePolicy::queue).toList();
    }
}
