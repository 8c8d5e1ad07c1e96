package io.penstock.common.queue.redis;

import io.penstock.common.job.JobState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a queue of one partition should do, as simply as it can be said: a list of jobs, each in one state, in the order
 * in which they lined up. Time is either now or far away.
 */
final class QueueModel {

    /** By id. An id that is used again after its job ended stands for the new job. */
    private final Map<String, ModelJob> jobs = new LinkedHashMap<>();

    long completed;
    long failedAttempts;
    boolean paused;
    private long turns;

    List<ModelJob> all() {
        return List.copyOf(jobs.values());
    }

    /** Jobs in a state, in the order in which they lined up. */
    List<ModelJob> in(JobState... states) {
        List<ModelJob> found = new ArrayList<>();
        for (ModelJob job : jobs.values()) {
            if (List.of(states).contains(job.state)) {
                found.add(job);
            }
        }
        found.sort(Comparator.comparingLong(job -> job.turn));
        return found;
    }

    /** Ready jobs of one priority, the next one first. */
    List<ModelJob> ready(int priority) {
        return in(JobState.WAITING).stream()
                .filter(job -> job.priority == priority)
                .toList();
    }

    /** Scheduled jobs whose time has come, the one that was scheduled first at the head. */
    List<ModelJob> due() {
        return in(JobState.SCHEDULED, JobState.RETRYING).stream()
                .filter(job -> job.soon)
                .toList();
    }

    Optional<ModelJob> find(String id) {
        return Optional.ofNullable(jobs.get(id));
    }

    /** True when a job of this id keeps another one out. */
    boolean isLive(String id) {
        return find(id).filter(job -> !job.state.hasEnded()).isPresent();
    }

    void accept(String id, String payload, int priority) {
        jobs.put(id, new ModelJob(id, payload, priority, JobState.WAITING, ++turns));
    }

    void acceptLater(String id, String payload, int priority, boolean soon) {
        ModelJob job = new ModelJob(id, payload, priority, JobState.SCHEDULED, ++turns);
        job.soon = soon;
        jobs.put(id, job);
    }

    /** The job joins the end of its line. */
    void lineUp(ModelJob job) {
        job.lease = null;
        job.state = JobState.WAITING;
        job.turn = ++turns;
    }

    void schedule(ModelJob job, JobState as, boolean soon) {
        job.lease = null;
        job.state = as;
        job.soon = soon;
        job.turn = ++turns;
    }

    void end(ModelJob job, JobState as) {
        job.lease = null;
        job.state = as;
    }
}
