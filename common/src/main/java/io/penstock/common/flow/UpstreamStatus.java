package io.penstock.common.flow;

import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnrecoverableJobException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the HTTP status of an upstream means for the job that called it. */
public final class UpstreamStatus {

    /** How long a job is put off by a 429 that does not say. */
    public static final Duration DEFAULT_RETRY_AFTER = Duration.ofSeconds(5);
    /** No {@code Retry-After} puts a job off for longer: a broken header must not park jobs for years. */
    public static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);

    private static final Duration MIN_RETRY_AFTER = Duration.ofMillis(500);

    private UpstreamStatus() {}

    /**
     * The failure a status stands for; empty for 2xx. 429 puts the job off, 408, 3xx and 5xx are the upstream's fault and
     * can be retried, any other 4xx fails for good.
     *
     * @param retryAfter the header of this name, in seconds or as an HTTP date; null: none
     */
    public static Optional<RuntimeException> failure(
            String upstream, int status, @Nullable String retryAfter, Instant now) {
        if (status >= 200 && status < 300) {
            return Optional.empty();
        }
        String what = upstream + " answered HTTP " + status;
        if (status == 429) {
            return Optional.of(new SnoozeException(retryAfter(retryAfter, now).orElse(DEFAULT_RETRY_AFTER), what));
        }
        if (status >= 400 && status < 500 && status != 408) {
            return Optional.of(new UnrecoverableJobException(what));
        }
        return Optional.of(new UpstreamFaultException(what, retryAfter(retryAfter, now)));
    }

    /** The wait that a {@code Retry-After} header asks for, within bounds; empty when it is absent or unreadable. */
    public static Optional<Duration> retryAfter(@Nullable String header, Instant now) {
        if (header == null) {
            return Optional.empty();
        }
        try {
            String value = header.strip();
            Duration wait = value.matches("\\d{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(value))
                    : Duration.between(now, httpDate(value));
            return Optional.of(within(MIN_RETRY_AFTER, wait, MAX_RETRY_AFTER));
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Instant httpDate(String value) {
        return ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    }

    private static Duration within(Duration least, Duration wait, Duration most) {
        if (wait.compareTo(least) < 0) {
            return least;
        }
        return wait.compareTo(most) > 0 ? most : wait;
    }
}
