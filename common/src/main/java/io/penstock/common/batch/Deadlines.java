package io.penstock.common.batch;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Supplier;

/**
 * Time limits for what is done very often: a timer is forgotten when its work is done. The common timers stay until their time, and with
 * them what they would have ended: thousands of items a second, each with a minute's limit, would fill the memory.
 */
public final class Deadlines {

    private final ScheduledThreadPoolExecutor timers;

    /** @param name of the thread */
    public Deadlines(String name) {
        timers = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        timers.setRemoveOnCancelPolicy(true);
    }

    /** The work, or this failure when it takes longer. */
    public <T> Uni<T> within(Duration limit, Uni<T> work, Supplier<Throwable> failure) {
        return work.ifNoItem().after(limit).on(timers).failWith(failure);
    }
}
