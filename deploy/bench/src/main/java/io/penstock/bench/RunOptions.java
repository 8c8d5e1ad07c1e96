package io.penstock.bench;

import java.time.Duration;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of one run.
 *
 * @param jobs to be measured
 * @param warmUp jobs that go the same way before, until compiler and connections are warm
 * @param feature what the jobs ask for; only where jobs are enqueued in bulk by this process
 * @param payloadBytes JSON that a job carries; only where {@code feature} counts, and in what memory takes
 * @param partitions of the queue
 * @param backlog jobs that wait all the time, where the scenario has a backlog
 * @param load for the scenario that holds a rate
 * @param fleet for the scenario without work
 * @param jvmOptions of the packaged worker, where it is measured, separated by blanks; null: those it is shipped with
 */
record RunOptions(
        long jobs,
        long warmUp,
        Feature feature,
        int payloadBytes,
        int partitions,
        long backlog,
        SteadyLoad load,
        Fleet fleet,
        @Nullable String jvmOptions) {

    /** Workers that all serve the same queues. */
    record Fleet(int workers, int queues) {}

    /**
     * A load that lasts.
     *
     * @param perSecond jobs; empty: half of what a calibration finds to be the maximum
     */
    record SteadyLoad(OptionalDouble perSecond, Duration length) {}
}
