package io.penstock.worker.run;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a handler may know about the job it runs. */
public interface JobContext {

    /**
     * Says how far the job is, for whoever looks at it. Cheap, never blocks and never fails: at most a few times a second
     * the latest is written down.
     *
     * @param percent 0 to 100; what lies beyond is taken for the nearest
     * @param message what it is doing, at most 500 characters, or null. Stored in the clear, also for encrypted types
     */
    default void progress(int percent, @Nullable String message) {}

    /** As {@link #progress(int, String)}: {@code done} of {@code total} things. */
    default void progress(long done, long total) {}

    /** Writes a line that can be read beside the job. Never blocks and never fails; stored in the clear and not for ever. */
    default void log(String line) {}

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
