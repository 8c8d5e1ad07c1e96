package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks through the live jobs of a queue partition in order, some at a time. However many there are, one call looks at a
 * bounded number of jobs and bytes.
 *
 * <p>Fails as {@link JobQueue} does.
 */
public interface JobBrowser {

    /** Jobs that one call looks at, at most. */
    int MOST = 200;

    /** Where live jobs lie, each in an order of its own. */
    enum Shelf {
        /** Ready jobs that no worker has, the longest waiting first. */
        WAITING,
        /** Jobs that wait behind their group, by group and turn; they count as waiting. */
        BEHIND_GROUP,
        /** Jobs under a lease, the one that became ready first before the others. */
        ACTIVE,
        /** Scheduled and retrying jobs together, the one that is due first before the others. */
        DELAYED,
        /** Dead jobs, the latest first. */
        DEAD,
        /** Parents that wait for their children, in no order. */
        AWAITING_CHILDREN;

        /** Later jobs come before earlier ones. */
        public boolean isLatestFirst() {
            return this == DEAD;
        }

        /** Jobs follow each other by time, so that those of several partitions can be merged. */
        public boolean isByTime() {
            return this != BEHIND_GROUP && this != AWAITING_CHILDREN;
        }
    }

    /**
     * A job and where it lies.
     *
     * @param job without its version
     * @param atMs its time in the order of the shelf, epoch ms; 0 where there is none
     * @param place where to go on behind it
     * @param leaseAgeMs how long ago its lease was renewed; null unless it is active
     */
    record Found(JobView job, long atMs, String place, @Nullable Long leaseAgeMs) {}

    /**
     * What one call found.
     *
     * @param jobs in the order of the shelf
     * @param examined how many jobs it looked at; some have moved on and are not among {@code jobs}
     * @param next where to go on; empty: there are no more
     */
    record Page(List<Found> jobs, int examined, String next) {}

    /**
     * Some jobs of one partition.
     *
     * @param from a place; a time in epoch ms: from there on; empty: from the beginning
     * @param most 1 to {@link #MOST}
     * @param payloads false leaves them out, and costs less where they are large
     */
    Uni<Page> page(String queue, int partition, Shelf shelf, String from, int most, boolean payloads);

    /**
     * Scheduled and retrying jobs of a partition, and how some of them, taken at random, divide.
     *
     * @param total all of them
     * @param looked how many were looked at
     * @param retrying of these
     */
    record DelayedSample(long total, int looked, int retrying) {}

    /** How the delayed jobs of one partition divide. */
    Uni<DelayedSample> delayed(String queue, int partition);
}
