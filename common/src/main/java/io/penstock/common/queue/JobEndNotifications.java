package io.penstock.common.queue;

import io.penstock.common.job.JobState;

/**
 * Tells, at once but without promise, of the ends of jobs that keep their result. A process has one connection for it,
 * made when the first listener comes. Whoever needs to be sure looks now and then as well.
 */
public interface JobEndNotifications {

    /** Hears of ends. Called on an event loop; must not block. */
    interface Listener {

        void ended(String jobId, JobState how);

        /** The connection was made anew: ends may have been missed. */
        void mayHaveMissed();
    }

    /** One listener per process is enough; it is called until the process ends. */
    void listen(Listener listener);
}
