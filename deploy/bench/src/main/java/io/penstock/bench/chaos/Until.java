package io.penstock.bench.chaos;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what only looking tells. */
final class Until {

    private static final long LOOK_MS = 50;

    private Until() {}

    /** False when the condition does not hold within that time. One that fails to be answered is taken for false. */
    static boolean holds(BooleanSupplier condition, Duration most) {
        long end = System.nanoTime() + most.toNanos();
        while (!isTrue(condition)) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            RedisProcess.pause(LOOK_MS);
        }
        return true;
    }

    private static boolean isTrue(BooleanSupplier condition) {
        try {
            return condition.getAsBoolean();
        } catch (NotAnsweredException e) {
            return false;
        }
    }
}
