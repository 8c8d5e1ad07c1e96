package io.penstock.common.cache.redis;

import io.penstock.common.loop.Backoff;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether Redis is worth asking. After a failure, or when it has been silent for some time, nobody asks for a while; then one
 * call tries it, and the others are still spared. So an outage costs a reader now and then its wait, and not every reader.
 */
final class RedisAvailability {

    private static final long ASK = 0;
    private static final long IN_TIME = 0;

    private final Duration pause;
    private final long silenceNanos;
    /** When the first call was late since the last answer, by {@link System#nanoTime()}; 0: none is. */
    private final AtomicLong lateSince = new AtomicLong(IN_TIME);
    /** By {@link System#nanoTime()}; 0: anybody may ask. */
    private final AtomicLong askAgainAt = new AtomicLong(ASK);

    /**
     * Answers that are late are no failure as long as others come.
     *
     * @param silence for so long nothing but late answers is an outage; a busy moment is shorter
     */
    RedisAvailability(Duration pause, Duration silence) {
        this.pause = pause;
        this.silenceNanos = silence.toNanos();
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
        if (lateSince.get() != IN_TIME) {
            lateSince.set(IN_TIME);
        }
        if (askAgainAt.get() != ASK) {
            askAgainAt.set(ASK);
        }
    }

    void late() {
        long now = System.nanoTime();
        if (!lateSince.compareAndSet(IN_TIME, now == IN_TIME ? 1 : now) && now - lateSince.get() >= silenceNanos) {
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
