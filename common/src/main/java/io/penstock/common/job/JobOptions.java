package io.penstock.common.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * What a producer may ask for one job. Everything is optional; what is absent comes from the queue's policy.
 *
 * @param id explicit id; enqueueing an id that is scheduled, waiting, active or retrying is answered with that job.
 *     Letters, digits, {@code . _ -}, at most 100 characters, so that it can never step out of its key; not {@code .} or
 *     {@code ..}, which no address can name
 * @param priority 0 to 10, 10 first
 * @param timing when it may start, and until when
 * @param attempts how often the job may be started, 1 to {@link #MAX_ATTEMPTS}
 * @param retry waiting time between attempts
 * @param timeout how long one attempt may run, at most {@link #MAX_TIMEOUT}
 * @param unique keeps a second job of the same key out
 * @param labels group, tenant and tags
 * @param keepResult how long what the handler returns can be read and waited for, at most {@link #MAX_KEEP_RESULT};
 *     empty: only as long as the queue keeps the record of the completed job
 */
public record JobOptions(
        Optional<String> id,
        int priority,
        Timing timing,
        OptionalInt attempts,
        Optional<RetryPolicy> retry,
        Optional<Duration> timeout,
        Optional<Uniqueness> unique,
        JobLabels labels,
        Optional<Duration> keepResult) {

    public static final int MAX_PRIORITY = 10;
    public static final int MAX_ATTEMPTS = 100;
    /** A year: further away is a schedule's work, and a typing error in nearly every case. */
    public static final Duration MAX_DELAY = Duration.ofDays(366);

    public static final Duration MAX_TIMEOUT = Duration.ofDays(1);
    public static final Duration MAX_KEEP_RESULT = Duration.ofDays(7);
    public static final JobOptions DEFAULT = new JobOptions(
            Optional.empty(),
            0,
            Timing.NOW,
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            JobLabels.NONE,
            Optional.empty());

    private static final Pattern ID = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,100}");

    public JobOptions {
        id.ifPresent(value -> require(
                ID.matcher(value).matches(),
                "id",
                "must be 1 to 100 letters, digits, '.', '_' or '-', and not '.' or '..'"));
        require(priority >= 0 && priority <= MAX_PRIORITY, "priority", "must be between 0 and " + MAX_PRIORITY);
        attempts.ifPresent(value ->
                require(value >= 1 && value <= MAX_ATTEMPTS, "attempts", "must be between 1 and " + MAX_ATTEMPTS));
        timeout.ifPresent(value -> requireWithin(value, MAX_TIMEOUT, "timeout"));
        keepResult.ifPresent(value -> requireWithin(value, MAX_KEEP_RESULT, "keepResult"));
    }

    /** Earliest start from now. */
    public Duration delay() {
        return timing.delay();
    }

    public JobOptions withId(String newId) {
        return new JobOptions(
                Optional.of(newId), priority, timing, attempts, retry, timeout, unique, labels, keepResult);
    }

    public JobOptions withoutId() {
        return new JobOptions(Optional.empty(), priority, timing, attempts, retry, timeout, unique, labels, keepResult);
    }

    public JobOptions withPriority(int newPriority) {
        return new JobOptions(id, newPriority, timing, attempts, retry, timeout, unique, labels, keepResult);
    }

    public JobOptions withTiming(Timing newTiming) {
        return new JobOptions(id, priority, newTiming, attempts, retry, timeout, unique, labels, keepResult);
    }

    public JobOptions withDelay(Duration newDelay) {
        return withTiming(new Timing(newDelay, Optional.empty(), timing.expiresIn(), timing.expiresAt()));
    }

    public JobOptions startingAt(Instant time) {
        return withTiming(new Timing(Duration.ZERO, Optional.of(time), timing.expiresIn(), timing.expiresAt()));
    }

    public JobOptions expiringIn(Duration duration) {
        return withTiming(new Timing(timing.delay(), timing.startAt(), Optional.of(duration), Optional.empty()));
    }

    public JobOptions expiringAt(Instant time) {
        return withTiming(new Timing(timing.delay(), timing.startAt(), Optional.empty(), Optional.of(time)));
    }

    public JobOptions withAttempts(int newAttempts) {
        return new JobOptions(
                id, priority, timing, OptionalInt.of(newAttempts), retry, timeout, unique, labels, keepResult);
    }

    public JobOptions withRetry(RetryPolicy newRetry) {
        return new JobOptions(
                id, priority, timing, attempts, Optional.of(newRetry), timeout, unique, labels, keepResult);
    }

    public JobOptions withTimeout(Duration newTimeout) {
        return new JobOptions(
                id, priority, timing, attempts, retry, Optional.of(newTimeout), unique, labels, keepResult);
    }

    public JobOptions withUnique(Uniqueness newUnique) {
        return new JobOptions(
                id, priority, timing, attempts, retry, timeout, Optional.of(newUnique), labels, keepResult);
    }

    public JobOptions withLabels(JobLabels newLabels) {
        return new JobOptions(id, priority, timing, attempts, retry, timeout, unique, newLabels, keepResult);
    }

    public JobOptions withGroup(String group) {
        return withLabels(new JobLabels(Optional.of(group), labels.tenant(), labels.tags()));
    }

    public JobOptions withTenant(String tenant) {
        return withLabels(new JobLabels(labels.group(), Optional.of(tenant), labels.tags()));
    }

    public JobOptions withTags(String... tags) {
        return withLabels(new JobLabels(labels.group(), labels.tenant(), List.of(tags)));
    }

    public JobOptions withKeepResult(Duration newKeepResult) {
        return new JobOptions(
                id, priority, timing, attempts, retry, timeout, unique, labels, Optional.of(newKeepResult));
    }

    private static void requireWithin(Duration value, Duration most, String field) {
        require(
                value.toMillis() >= 1 && value.compareTo(most) <= 0,
                field,
                "must be between 1 and " + most.toMillis() + " ms");
    }

    private static void require(boolean holds, String field, String reason) {
        if (!holds) {
            throw new InvalidJobException(field, reason);
        }
    }
}
