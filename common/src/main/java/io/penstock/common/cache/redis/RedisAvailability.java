package io.penstock.common.cache.redis;

import io.penstock.common.loop.Backoff;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether Redis is worth asking. After a failure, or some late answers in a row, nobody asks for a while; then one call
 * tries it, and the others are still spared. So an outage costs a reader now and then its wait, and not every reader.
 */
final class RedisAvailability {

    /** One late answer is a busy moment, this many are an outage. */
    private static final int LATE_IN_A_ROW = 3;

    private static final long ASK = 0;

    private final Duration pause;
    private final AtomicInteger late = new AtomicInteger();
    /** By {@link System#nanoTime()}; 0: anybody may ask. */
    private final AtomicLong askAgainAt = new AtomicLong(ASK);

    RedisAvailability(Duration pause) {
        this.pause = pause;
    }

    boolean mayAsk() {
        long due = askAgainAt.get();
        if (due == ASK) {
            return true;
        }
        long now = System.nanoTime();
        return now - due >= 0 && askAgainAt.compareAndSet(due, next(now));
    }

    boolean answers() {
        return askAgainAt.get() == ASK;
    }

    void answered() {
        if (late.get() != 0) {
            late.set(0);
        }
        if (askAgainAt.get() != ASK) {
            askAgainAt.set(ASK);
        }
    }

    void late() {
        if (late.incrementAndGet() >= LATE_IN_A_ROW) {
            failed();
        }
    }

    void failed() {
        askAgainAt.set(next(System.nanoTime()));
    }

    private long next(long now) {
        long due = now + Backoff.jittered(pause).toNanos();
        return due == ASK ? 1 : due;
    }
}
