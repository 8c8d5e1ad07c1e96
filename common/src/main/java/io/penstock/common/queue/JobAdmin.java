package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What operators do to jobs that were accepted. Every step is atomic and looks at the job's state as it acts: what has
 * moved on meanwhile is answered with {@link JobActionResult.Conflict}, never changed by guess.
 *
 * <p>Fails as {@link JobQueue} does.
 */
public interface JobAdmin {

    /**
     * Calls a job off. One that has not started is recorded as cancelled at once. A running one is asked to stop: its
     * worker hears of it within half a second, and it ends as cancelled when its handler has stopped, at the latest when
     * the queue's {@code cancel-grace} is over. One that completes first is completed.
     */
    Uni<JobActionResult> cancel(String jobId, String why);

    /** Removes a job that does not run, without a trace. Its uniqueness key is free and its place in the group as well. */
    Uni<JobActionResult> delete(String jobId);

    /**
     * Brings a dead job back. It takes its uniqueness key again; if another live job has it, nothing changes. The parent of
     * a child that comes back waits for it again, unless it has started.
     *
     * @param afresh with all its attempts; else with those it has left, at least one
     * @param children what a parent does about its children; of no meaning for other jobs
     */
    Uni<JobActionResult> retry(String jobId, boolean afresh, Children children);

    /**
     * As {@link #retry} for jobs of one partition, in one step: for a hundred of them, no more. A failure leaves open which of them are
     * back.
     *
     * @return what came of each, in their order
     */
    Uni<List<JobActionResult>> retryAll(
            String queue, int partition, List<String> jobIds, boolean afresh, Children children);

    /** What a parent that comes back does about those of its children that have not completed. */
    enum Children {
        /**
         * It waits for them, and brings the dead ones back with it, with all their attempts. Where one is gone for good
         * (cancelled, expired, deleted) and the parent needs all of them, it stays dead: a conflict.
         */
        RETRY,
        /** It runs at once, without them. */
        IGNORE;

        /** As it is written in requests and scripts. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Children> of(String text) {
            return Arrays.stream(values())
                    .filter(children -> children.text().equals(text))
                    .findFirst();
        }
    }

    /** Makes a job ready that waits for its time, for its retry or behind its group, past the limits of that group. */
    Uni<JobActionResult> runNow(String jobId);

    /**
     * Changes a job that does not run.
     *
     * @param version of the {@link JobView} the change is based on; a job that was changed since is left alone
     */
    Uni<JobActionResult> edit(String jobId, String version, JobEdit edit);

    /**
     * Drops jobs that wait, at most so many as one call may take; running and dead ones stay.
     *
     * @param delayedToo also those that wait for their time or a retry
     */
    Uni<Cleared> drain(String queue, boolean delayedToo);

    /** Forgets jobs for good, at most so many as one call may take. */
    Uni<Cleared> purge(String queue, Purge what);

    /** Some jobs of one partition, to go through all of them bit by bit. */
    Uni<JobsPage> list(String queue, int partition, JobsPage.Cursor from, int about);

    /** The time by the store's clock, by which jobs are accepted. */
    Uni<Instant> now();

    /** What a purge takes. */
    enum Purge {
        /** Dead jobs. */
        DEAD,
        /** Records of completed, cancelled and expired jobs. */
        RECORDS,
        /** Everything but running jobs. */
        ALL
    }

    /**
     * What one call cleared away.
     *
     * @param jobs how many are gone
     * @param more true when there may be more: ask again
     */
    record Cleared(long jobs, boolean more) {}
}
