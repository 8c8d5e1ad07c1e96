package io.penstock.common.queue;

/**
 * A queue at a glance.
 *
 * @param waiting ready jobs that no worker has
 * @param active jobs under a lease
 * @param scheduled jobs that wait for their time: delayed, snoozed, retrying
 * @param completed jobs that ended well since the queue exists
 * @param failed attempts that failed since the queue exists
 * @param dead jobs given up and still kept
 * @param oldestWaitMs how long the longest-waiting ready job has been ready, in ms; 0 when none waits
 */
public record QueueStatus(
        String queue,
        long waiting,
        long active,
        long scheduled,
        long completed,
        long failed,
        long dead,
        long oldestWaitMs,
        boolean paused) {}
