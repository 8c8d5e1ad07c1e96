package io.penstock.common.job;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * What a producer may ask for one job. Everything is optional; what is absent comes from the queue's policy.
 *
 * @param id explicit id; enqueueing an id that is scheduled, waiting, active or retrying is answered with that job.
 *     Letters, digits, {@code . _ -}, at most 100 characters, so that it can never step out of its key
 * @param priority 0 to 10, 10 first
 * @param delay earliest start from now, by Redis's clock; at most {@link #MAX_DELAY}
 * @param attempts how often the job may be started, 1 to {@link #MAX_ATTEMPTS}
 * @param retry waiting time between attempts
 * @param timeout how long one attempt may run, at most {@link #MAX_TIMEOUT}
 */
public record JobOptions(
        Optional<String> id,
        int priority,
        Duration delay,
        OptionalInt attempts,
        Optional<RetryPolicy> retry,
        Optional<Duration> timeout) {

    public static final int MAX_PRIORITY = 10;
    public static final int MAX_ATTEMPTS = 100;
    /** A year: further away is a schedule's work, and a typing error in nearly every case. */
    public static final Duration MAX_DELAY = Duration.ofDays(366);

    public static final Duration MAX_TIMEOUT = Duration.ofDays(1);
    public static final JobOptions DEFAULT =
            new JobOptions(Optional.empty(), 0, Duration.ZERO, OptionalInt.empty(), Optional.empty(), Optional.empty());

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    public JobOptions {
        id.ifPresent(value ->
                require(ID.matcher(value).matches(), "id", "must be 1 to 100 letters, digits, '.', '_' or '-'"));
        require(priority >= 0 && priority <= MAX_PRIORITY, "priority", "must be between 0 and " + MAX_PRIORITY);
        require(
                !delay.isNegative() && delay.compareTo(MAX_DELAY) <= 0,
                "delay",
                "must be between 0 and " + MAX_DELAY.toMillis() + " ms");
        attempts.ifPresent(value ->
                require(value >= 1 && value <= MAX_ATTEMPTS, "attempts", "must be between 1 and " + MAX_ATTEMPTS));
        timeout.ifPresent(value -> require(
                !value.isNegative() && !value.isZero() && value.compareTo(MAX_TIMEOUT) <= 0,
                "timeout",
                "must be between 1 and " + MAX_TIMEOUT.toMillis() + " ms"));
    }

    public JobOptions withId(String newId) {
        return new JobOptions(Optional.of(newId), priority, delay, attempts, retry, timeout);
    }

    public JobOptions withPriority(int newPriority) {
        return new JobOptions(id, newPriority, delay, attempts, retry, timeout);
    }

    public JobOptions withDelay(Duration newDelay) {
        return new JobOptions(id, priority, newDelay, attempts, retry, timeout);
    }

    public JobOptions withAttempts(int newAttempts) {
        return new JobOptions(id, priority, delay, OptionalInt.of(newAttempts), retry, timeout);
    }

    public JobOptions withRetry(RetryPolicy newRetry) {
        return new JobOptions(id, priority, delay, attempts, Optional.of(newRetry), timeout);
    }

    public JobOptions withTimeout(Duration newTimeout) {
        return new JobOptions(id, priority, delay, attempts, retry, Optional.of(newTimeout));
    }

    private static void require(boolean holds, String field, String reason) {
        if (!holds) {
            throw new InvalidJobException(field, reason);
        }
    }
}
