package io.penstock.common.queue.redis;

import io.penstock.common.job.JobState;
import io.penstock.common.queue.ClaimedJob;
import org.jspecify.annotations.Nullable;

/** A job as the model sees it. */
final class ModelJob {

    final String id;
    final String payload;
    final int priority;
    JobState state;
    /** Attempts used up. */
    int failed;

    int stalls;
    /** Its worker noted that it runs. Meaningful while it is active. */
    boolean begun;
    /** True when its time comes at once; false when it is far away. Meaningful while it is scheduled. */
    boolean soon;
    /** Grows with each time a job lines up or is scheduled; the order of the queue. */
    long turn;
    /** What its worker holds; present while it is active. */
    @Nullable
    ClaimedJob lease;

    /** The group it shares its turn with; null: none. */
    @Nullable
    String group;
    /** Waits for another of its group to end. */
    boolean behind;
    /** The uniqueness key it holds while it lives; null: none. */
    @Nullable
    String key;

    ModelJob(String id, String payload, int priority, JobState state, long turn) {
        this.id = id;
        this.payload = payload;
        this.priority = priority;
        this.state = state;
        this.turn = turn;
    }

    @Override
    public String toString() {
        return id + " " + state + " priority " + priority + " failed " + failed + " stalls " + stalls
                + (group == null ? "" : " group " + group + (behind ? " (behind)" : ""))
                + (key == null ? "" : " key " + key);
    }
}
