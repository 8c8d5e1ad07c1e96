package io.penstock.common.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When a job may start. All times are read against the queue store's clock.
 *
 * @param delay earliest start from now; zero when {@code startAt} is given
 * @param startAt earliest start as a time; one that has passed means now
 * @param expiresIn a job that has not started so long after it was accepted is dropped as expired
 * @param expiresAt a job that has not started by then is dropped as expired
 */
public record Timing(
        Duration delay, Optional<Instant> startAt, Optional<Duration> expiresIn, Optional<Instant> expiresAt) {

    public static final Timing NOW = new Timing(Duration.ZERO, Optional.empty(), Optional.empty(), Optional.empty());

    /** Absolute times beyond it are typing errors; what is too far from now is refused where the clock is known. */
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    private static final String NEVER = "must be later than the earliest start, or the job can never run";

    public Timing {
        String most = "must be between 0 and " + JobOptions.MAX_DELAY.toMillis() + " ms";
        require(!delay.isNegative() && delay.compareTo(JobOptions.MAX_DELAY) <= 0, "delay", most);
        require(startAt.isEmpty() || delay.isZero(), "startAt", "must not be given together with a delay");
        startAt.ifPresent(time -> requireSensible(time, "startAt"));
        expiresIn.ifPresent(value -> require(
                value.toMillis() >= 1 && value.compareTo(JobOptions.MAX_DELAY) <= 0,
                "expiresIn",
                "must be between 1 and " + JobOptions.MAX_DELAY.toMillis() + " ms"));
        require(
                expiresIn.isEmpty() || expiresAt.isEmpty(),
                "expiresAt",
                "must not be given together with an expiry from now");
        expiresAt.ifPresent(time -> requireSensible(time, "expiresAt"));
        expiresIn.ifPresent(value -> require(value.compareTo(delay) > 0, "expiresIn", NEVER));
        expiresAt.ifPresent(end -> require(startAt.isEmpty() || end.isAfter(startAt.get()), "expiresAt", NEVER));
    }

    /** True when the job may start at once. */
    public boolean isNow() {
        return delay.isZero() && startAt.isEmpty();
    }

    /** Refuses absolute times that are further from {@code now} than any delay may be, and expiries before the start. */
    public void checkAgainst(Instant now) {
        Instant latest = now.plus(JobOptions.MAX_DELAY);
        String reason = "must be at most " + JobOptions.MAX_DELAY.toDays() + " days from now";
        startAt.ifPresent(time -> require(!time.isAfter(latest), "startAt", reason));
        expiresAt.ifPresent(time -> require(!time.isAfter(latest), "expiresAt", reason));
        expiresAt.ifPresent(time -> require(time.isAfter(now), "expiresAt", "has passed"));
        expiresAt.ifPresent(time -> require(time.isAfter(now.plus(delay)), "expiresAt", NEVER));
        expiresIn.ifPresent(
                value -> require(startAt.isEmpty() || now.plus(value).isAfter(startAt.get()), "expiresIn", NEVER));
    }

    private static void requireSensible(Instant time, String field) {
        require(!time.isBefore(Instant.EPOCH) && time.isBefore(LATEST), field, "must be between 1970 and 2199");
    }

    private static void require(boolean holds, String field, String reason) {
        if (!holds) {
            throw new InvalidJobException(field, reason);
        }
    }
}
