package io.penstock.local;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** Waits between looks at something in another process, which sends no signal to wait for. */
final class Pause {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private Pause() {}

    static void of(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("Interrupted", e);
        }
    }

    /** Returns once the condition holds; false: it did not within the time. */
    static boolean until(BooleanSupplier condition, Duration atMost) {
        Instant deadline = Instant.now().plus(atMost);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(deadline)) {
                return false;
            }
            of(BETWEEN_LOOKS);
        }
        return true;
    }
}
