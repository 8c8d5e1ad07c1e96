package io.penstock.worker.run;

import java.time.Instant;

/** What a handler may know about the job it runs. */
public interface JobContext {

    String jobId();

    String type();

    String queue();

    /** 1 for the first attempt. */
    int attempt();

    /** How many attempts the job has in all. */
    int maxAttempts();

    /** When this attempt will be timed out. */
    Instant deadline();

    /**
     * True once the work is in vain or not wanted any more: the job was cancelled, the lease was lost, the attempt timed
     * out. A long handler asks between steps and stops.
     */
    boolean isCancelled();

    /**
     * Runs the action when {@link #isCancelled()} turns true, at once if it is. It is called on the queue's event loop or
     * on the caller's thread, and must not block.
     */
    void whenCancelled(Runnable action);
}
