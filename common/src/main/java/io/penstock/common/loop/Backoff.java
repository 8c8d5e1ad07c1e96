package io.penstock.common.loop;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/**
 * Pauses that double from failure to failure up to a cap, half of each by chance: processes that failed together must not
 * come back together.
 *
 * @param first the longest pause after the first failure, at least 1 ms
 * @param cap the longest pause of all
 */
public record Backoff(Duration first, Duration cap) {

    /** Beyond it the doubled pause would overflow; the cap has been reached long before. */
    private static final int MOST_DOUBLINGS = 30;

    public Backoff {
        if (first.toMillis() < 1 || cap.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "a back-off needs a first pause of at least 1 ms and a cap not below it");
        }
    }

    /** From {@code firstMs} to {@code capMs}. */
    public static Backoff ofMillis(long firstMs, long capMs) {
        return new Backoff(Duration.ofMillis(firstMs), Duration.ofMillis(capMs));
    }

    /**
     * The pause after so many failures in a row.
     *
     * @param failures 1 or more
     * @return at least half of the doubled pause, and at least 1 ms
     */
    public Duration pause(int failures) {
        long doubled = first.toMillis() << Math.min(Math.max(failures - 1, 0), MOST_DOUBLINGS);
        long longest = doubled <= 0 ? cap.toMillis() : Math.min(doubled, cap.toMillis());
        return Duration.ofMillis(
                Math.max(1, longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1)));
    }

    /** Repeats a failed action until it succeeds, or until so much time has passed; then the last failure comes through. */
    public <T> Uni<T> retry(Uni<T> action, Duration giveUpAfter) {
        return retry(action, failure -> true, giveUpAfter);
    }

    /** The same for some failures only; others come through at once. */
    public <T> Uni<T> retry(Uni<T> action, Predicate<? super Throwable> worthTrying, Duration giveUpAfter) {
        return action.onFailure(worthTrying).retry().withBackOff(first, cap).expireIn(giveUpAfter.toMillis());
    }

    /** A period shortened by up to a quarter, by chance. */
    public static Duration jittered(Duration period) {
        long ms = period.toMillis();
        return Duration.ofMillis(ms - ThreadLocalRandom.current().nextLong(ms / 4 + 1));
    }
}
