package io.penstock.bench.chaos;

import io.penstock.bench.Pause;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Looks at what servers and other processes hold until it is as it is to be. They send no signal about it. */
final class Until {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private Until() {}

    /** False when the condition does not hold within that time. A server that does not answer is asked again. */
    static boolean holds(BooleanSupplier condition, Duration most) {
        return Pause.until(() -> isTrue(condition), BETWEEN_LOOKS, most);
    }

    private static boolean isTrue(BooleanSupplier condition) {
        try {
            return condition.getAsBoolean();
        } catch (NotAnsweredException e) {
            return false;
        }
    }
}
