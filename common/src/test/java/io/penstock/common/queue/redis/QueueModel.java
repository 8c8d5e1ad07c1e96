package io.penstock.common.queue.redis;

import io.penstock.common.job.JobState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a queue of one partition should do, as simply as it can be said: a list of jobs, each in one state, in the order
 * in which they lined up. Time is either now or far away.
 */
final class QueueModel {

    /** By id. An id that is used again after its job ended stands for the new job. */
    private final Map<String, ModelJob> jobs = new LinkedHashMap<>();

    /** Ids that were used again: what is kept of the earlier job comes to light when the later one is deleted. */
    private final Set<String> endedBefore = new HashSet<>();

    /** How many of a group are let in at once. */
    static final int GROUP_CONCURRENCY = 2;

    long completed;
    long cancelled;
    long expired;
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
                .filter(job -> job.priority == priority && !job.behind)
                .toList();
    }

    /** Jobs that wait behind their group, the next one first. */
    List<ModelJob> behind(String group) {
        return in(JobState.WAITING).stream()
                .filter(job -> job.behind && group.equals(job.group))
                .sorted(Comparator.comparingInt((ModelJob job) -> -job.priority).thenComparingLong(job -> job.turn))
                .toList();
    }

    private long inside(String group) {
        return in(JobState.WAITING, JobState.ACTIVE).stream()
                .filter(job -> !job.behind && group.equals(job.group))
                .count();
    }

    /** The live job that holds a uniqueness key. */
    Optional<ModelJob> holder(String key) {
        return jobs.values().stream()
                .filter(job -> key.equals(job.key) && !job.state.hasEnded())
                .findFirst();
    }

    boolean endedBefore(String id) {
        return endedBefore.contains(id);
    }

    void forget(ModelJob job) {
        jobs.remove(job.id);
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

    ModelJob accept(String id, String payload, int priority) {
        ModelJob job = new ModelJob(id, payload, priority, JobState.WAITING, ++turns);
        put(job);
        return job;
    }

    private void put(ModelJob job) {
        ModelJob before = jobs.put(job.id, job);
        if (before != null && before.state != JobState.DEAD) {
            endedBefore.add(job.id);
        }
    }

    void acceptInGroup(String id, String payload, int priority, String group) {
        boolean full = inside(group) >= GROUP_CONCURRENCY;
        ModelJob job = accept(id, payload, priority);
        job.group = group;
        job.behind = full;
    }

    void acceptLater(String id, String payload, int priority, boolean soon) {
        ModelJob job = new ModelJob(id, payload, priority, JobState.SCHEDULED, ++turns);
        job.soon = soon;
        put(job);
    }

    /** The job joins the end of its line; in its group it keeps its place. */
    void lineUp(ModelJob job) {
        job.lease = null;
        job.state = JobState.WAITING;
        job.turn = ++turns;
    }

    /** The job comes from outside the line: it joins its end, or waits behind its group. */
    void comeIn(ModelJob job) {
        job.behind = job.group != null && inside(job.group) >= GROUP_CONCURRENCY;
        lineUp(job);
    }

    /** To be called when a job has left: the next ones of its group come in. */
    private void letIn(@Nullable String group) {
        if (group == null) {
            return;
        }
        long room = Math.min(2, GROUP_CONCURRENCY - inside(group));
        for (ModelJob next : behind(group).stream().limit(Math.max(0, room)).toList()) {
            next.behind = false;
            lineUp(next);
        }
    }

    private static boolean isInside(ModelJob job) {
        return (job.state == JobState.WAITING || job.state == JobState.ACTIVE) && !job.behind;
    }

    void schedule(ModelJob job, JobState as, boolean soon) {
        job.lease = null;
        job.state = as;
        job.soon = soon;
        job.turn = ++turns;
        // Only active jobs are put off, and they were let in.
        letIn(job.group);
    }

    void end(ModelJob job, JobState as) {
        boolean wasInside = isInside(job);
        job.lease = null;
        job.state = as;
        job.behind = false;
        if (wasInside) {
            letIn(job.group);
        }
    }
}
