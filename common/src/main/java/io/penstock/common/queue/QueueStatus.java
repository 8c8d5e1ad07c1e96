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
 * @param expired jobs dropped because they were not started in time, since the queue exists
 * @param cancelled jobs called off, since the queue exists
 * @param blockedByGroup those of the waiting jobs that wait for another of their group to end
 * @param awaitingChildren parents that wait for their children
 * @param oldestWaitMs how long the longest-waiting ready job has been ready, in ms; 0 when none waits
 * @param rateLimitedMs until a permit of the queue's rate limit is due, in ms; 0: at once, or it has no limit
 */
public record QueueStatus(
        String queue,
        long waiting,
        long active,
        long scheduled,
        long completed,
        long failed,
        long dead,
        long expired,
        long cancelled,
        long blockedByGroup,
        long awaitingChildren,
        long oldestWaitMs,
        boolean paused,
        long rateLimitedMs) {}
