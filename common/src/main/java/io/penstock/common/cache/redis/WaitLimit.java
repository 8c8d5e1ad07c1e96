package io.penstock.common.cache.redis;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends waits that take too long. All have the same limit, so that they run out in the order in which they began: one timer
 * serves them all, where one for each would cost a good part of the call it watches.
 */
final class WaitLimit {

    private final Vertx vertx;
    private final long limitNanos;
    private final Queue<Waiting> waits = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean timed = new AtomicBoolean();

    WaitLimit(Vertx vertx, Duration limit) {
        this.vertx = vertx;
        this.limitNanos = Math.max(1_000_000, limit.toNanos());
    }

    /** One wait. */
    static final class Waiting {

        private final long endNanos;
        private final Runnable whenTooLong;
        private volatile boolean ended;

        private Waiting(long endNanos, Runnable whenTooLong) {
            this.endNanos = endNanos;
            this.whenTooLong = whenTooLong;
        }

        /** It is over in time. */
        void end() {
            ended = true;
        }
    }

    /** @param whenTooLong called once the limit is reached, unless the wait has ended; both may happen at one instant */
    Waiting begin(Runnable whenTooLong) {
        Waiting waiting = new Waiting(System.nanoTime() + limitNanos, whenTooLong);
        waits.add(waiting);
        if (timed.compareAndSet(false, true)) {
            look(limitNanos);
        }
        return waiting;
    }

    private void look(long inNanos) {
        vertx.setTimer(Math.max(1, (inNanos + 999_999) / 1_000_000), id -> endOverdue());
    }

    private void endOverdue() {
        long now = System.nanoTime();
        Waiting first = waits.peek();
        while (first != null && (first.ended || first.endNanos - now <= 0)) {
            waits.poll();
            if (!first.ended) {
                first.whenTooLong.run();
            }
            first = waits.peek();
        }
        if (first != null) {
            look(first.endNanos - now);
            return;
        }
        timed.set(false);
        // One that began in between found the timer set.
        if (!waits.isEmpty() && timed.compareAndSet(false, true)) {
            look(limitNanos);
        }
    }
}
