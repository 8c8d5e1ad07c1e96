package io.penstock.common.job;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a failed job waits before its next attempt.
 *
 * @param kind how the delay grows with the attempt
 * @param delay the delay after the first failed attempt
 * @param cap no delay is longer than this, jitter included
 * @param jitter share of the delay that is random, 0 to 1: 0.2 spreads evenly over 80 % to 120 %, so that jobs that
 *     failed together do not come back together
 */
public record RetryPolicy(Kind kind, Duration delay, Duration cap, double jitter) {

    /** How the delay grows. */
    public enum Kind {
        /** The same delay each time. */
        FIXED,
        /** delay × failed attempts. */
        LINEAR,
        /** delay × 2^(failed attempts − 1). */
        EXPONENTIAL
    }

    public static final Duration DEFAULT_CAP = Duration.ofHours(1);
    public static final double DEFAULT_JITTER = 0.2;

    public RetryPolicy {
        if (delay.isNegative() || cap.isNegative()) {
            throw new InvalidJobException("retry.delay", "must not be negative");
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new InvalidJobException("retry.jitter", "must be between 0 and 1");
        }
    }

    public static RetryPolicy fixed(Duration delay) {
        return new RetryPolicy(Kind.FIXED, delay, DEFAULT_CAP, DEFAULT_JITTER);
    }

    public static RetryPolicy exponential(Duration delay) {
        return new RetryPolicy(Kind.EXPONENTIAL, delay, DEFAULT_CAP, DEFAULT_JITTER);
    }

    /** The wait after {@code failedAttempts} (1 or more) failures, jitter drawn from {@code random}. */
    public Duration delayAfter(int failedAttempts, RandomGenerator random) {
        double base = (double) delay.toMillis() * growth(failedAttempts);
        double spread = 1 + jitter * (2 * random.nextDouble() - 1);
        return Duration.ofMillis((long) Math.min(base * spread, (double) cap.toMillis()));
    }

    private double growth(int failedAttempts) {
        return switch (kind) {
            case FIXED -> 1;
            case LINEAR -> failedAttempts;
            case EXPONENTIAL -> Math.pow(2, failedAttempts - 1.0);
        };
    }
}
