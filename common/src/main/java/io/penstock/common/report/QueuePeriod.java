package io.penstock.common.report;

/**
 * One queue over some time.
 *
 * @param samples how many measurements there are; 0 or 1: nothing can be said of what was done
 * @param seconds that lie between the first and the last of them
 * @param completed jobs that ended well in that time
 * @param failed attempts that failed in that time
 * @param mostWaiting the highest number of waiting jobs
 * @param meanWaiting that in the mean
 * @param waiting at the last measurement
 * @param dead jobs given up and kept, at the last measurement
 * @param longestWaitMs the longest that the oldest waiting job had waited at any measurement
 */
public record QueuePeriod(
        String queue,
        long samples,
        long seconds,
        long completed,
        long failed,
        long mostWaiting,
        double meanWaiting,
        long waiting,
        long dead,
        long longestWaitMs) {

    /** Jobs that ended well per minute; 0 where nothing can be said. */
    public double completedPerMinute() {
        return seconds == 0 ? 0 : completed * 60.0 / seconds;
    }
}
