package io.penstock.bench;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Lets time pass where that is the subject, and between looks at what another process holds and sends no signal about.
 * What happens in this process is waited for by a future, a latch or a monitor instead.
 */
public final class Pause {

    private Pause() {}

    /** Fails with {@link BenchException} when the thread is interrupted. */
    public static void of(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    /**
     * Returns once the condition holds; false: it did not within the time. Looks at once, and at least once.
     *
     * @param between two looks
     */
    public static boolean until(BooleanSupplier condition, Duration between, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            of(between);
        }
        return true;
    }
}
