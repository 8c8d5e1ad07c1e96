package io.penstock.common.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Checks what handlers say about their jobs where they say it, so that the mistake shows in their own stack. */
final class HandlerArguments {

    private HandlerArguments() {}

    /** @throws IllegalArgumentException when it is null */
    static void require(@Nullable Object value, String what) {
        if (value == null) {
            throw new IllegalArgumentException(what + " must not be null");
        }
    }

    /** @throws IllegalArgumentException when it is null, negative or longer than {@link JobOptions#MAX_DELAY} */
    static void requireDelay(@Nullable Duration delay, String what) {
        require(delay, what);
        if (delay != null && (delay.isNegative() || delay.compareTo(JobOptions.MAX_DELAY) > 0)) {
            throw new IllegalArgumentException(
                    what + " must be between 0 and " + JobOptions.MAX_DELAY.toDays() + " days, is " + delay);
        }
    }

    /** @throws IllegalArgumentException when a group cannot be paused for so long */
    static void requireGroupPause(Duration delay) {
        Duration most = Outcome.Snooze.MAX_GROUP_PAUSE;
        if (delay.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "a group can be paused for at most " + most.toDays() + " days, not " + delay);
        }
    }
}
