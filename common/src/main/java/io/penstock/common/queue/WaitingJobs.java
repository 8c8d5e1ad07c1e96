package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells what stands between a job and its start, as far as the queue's store knows. Fails as {@link JobQueue} does. */
public interface WaitingJobs {

    /**
     * What holds a job back, or would.
     *
     * @param where finer than the job's state
     * @param dueAt when it becomes ready; null: it is not delayed
     * @param now by the store's clock
     * @param paused the queue starts nothing
     * @param active jobs of the queue's partition that run
     * @param permitAt when the next permit of the queue's rate limit is due; in the past: one is there
     * @param group of a job that has one
     * @param ahead jobs before it, of its own priority and of higher ones
     * @param aheadMore there may be more of these
     * @param children it waits for
     */
    record Reasons(
            Where where,
            @Nullable Instant dueAt,
            Instant now,
            boolean paused,
            int active,
            Instant permitAt,
            Group group,
            long ahead,
            boolean aheadMore,
            int children) {}

    /**
     * How the job's group stands.
     *
     * @param inside jobs of it that are let in
     * @param startAt when it may start one; in the past: now
     * @param before jobs of it that go before this one
     * @param first the first of these
     */
    record Group(int inside, Instant startAt, long before, List<String> first) {}

    /** Where a job waits. */
    enum Where {
        READY,
        BEHIND_GROUP,
        /** It is let into its group and waits for the group's rate limit. */
        GROUP_PERMIT,
        SCHEDULED,
        RETRYING,
        CHILDREN,
        /** It does not wait. */
        NOWHERE
    }

    /** Empty: the job has moved on since it was looked up. */
    Uni<Optional<Reasons>> reasons(JobView job);
}
