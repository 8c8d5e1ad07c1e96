package io.penstock.common.queue;

import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Some jobs of a partition on the way through all of them. Jobs move while one reads: a job may be met twice, and one
 * that moved on behind the reader's back not at all; one that stays where it is is met.
 *
 * @param next where to go on; empty at the end of the partition
 */
public record JobsPage(List<Row> jobs, Optional<Cursor> next) {

    /**
     * A place on the way through a partition.
     *
     * @param section -1: jobs outside the streams; else the number of a stream
     * @param at place within the section; {@code 0} is its beginning
     */
    public record Cursor(int section, String at) {

        public static final Cursor START = new Cursor(-1, "0");
    }

    /**
     * One job, without its payload.
     *
     * @param enqueuedAt when it was accepted; null where the store no longer knows
     * @param error reason of the latest failure, else null
     */
    public record Row(
            String id,
            String type,
            JobState state,
            JobLabels labels,
            @Nullable Instant enqueuedAt,
            @Nullable String error) {}
}
