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
     * True once the work is in vain: the lease was lost, the attempt timed out. A long handler asks between steps and
     * stops; its result is dropped anyway.
     */
    boolean isCancelled();
}
