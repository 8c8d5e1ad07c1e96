package io.penstock.common.workers;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * How a worker process is at the moment.
 *
 * @param activity {@code running}, {@code quiet} or {@code stopping}
 * @param usedBytes of its heap
 * @param maxBytes of its heap
 * @param clockOffMs how far its clock is ahead of Redis's
 * @param historyLagMs age of the oldest end that is not written to the history
 * @param running jobs that handlers work on, by queue
 * @param jobs of these the longest, at most {@link #MOST_JOBS}
 */
@RegisterForReflection
@JsonIgnoreProperties(ignoreUnknown = true)
public record WorkerState(
        String activity,
        long usedBytes,
        long maxBytes,
        long clockOffMs,
        long historyLagMs,
        List<Load> running,
        List<Job> jobs) {

    /** A worker with thousands of slots must not fill Redis with what it does. */
    public static final int MOST_JOBS = 100;

    public static final String RUNNING = "running";
    public static final String QUIET = "quiet";
    public static final String STOPPING = "stopping";

    /** Jobs of one queue. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Load(String queue, int jobs) {}

    /**
     * A job that a handler works on.
     *
     * @param startedMs epoch ms by the clock of the worker
     * @param leaseLeftMs how long its lease is surely not another's; negative: it may be by now
     */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Job(
            String id, String type, String queue, int attempt, long startedMs, long timeoutMs, long leaseLeftMs) {}

    /** Of all queues. */
    public int runningJobs() {
        return running.stream().mapToInt(Load::jobs).sum();
    }

    /** Of one queue. */
    public int runningJobs(String queue) {
        return running.stream()
                .filter(load -> load.queue().equals(queue))
                .mapToInt(Load::jobs)
                .sum();
    }
}
