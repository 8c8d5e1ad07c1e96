package io.penstock.common.queue;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.job.Timing;
import io.penstock.common.job.Uniqueness;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks for one job, as it is written in JSON: in requests, and in rows of the outbox. Absent fields leave
 * the queue's policy in force.
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "JobOptions")
public record JobOptionsJson(
        @Schema(
                        description =
                                "Explicit id, 1 to 100 letters, digits, '.', '_', '-'. While a job of this id lives, "
                                        + "enqueueing it again adds nothing and is answered with that job",
                        examples = "report-2026-01")
                @Nullable
                String id,
        @Schema(description = "0 to 10, 10 first; default 0") @Nullable Integer priority,
        @Schema(description = "Earliest start from now, in ms") @Nullable Long delayMs,
        @Schema(
                        description = "Earliest start as a time, instead of delayMs; a time that has passed means now",
                        examples = "2026-01-31T08:00:00Z")
                @Nullable
                String runAt,
        @Schema(description = "How often the job may be started, 1 to 100") @Nullable Integer attempts,
        @Nullable Backoff backoff,
        @Schema(description = "How long one attempt may run, in ms") @Nullable Long timeoutMs,
        @Schema(description = "A job that has not started so long after it was accepted is dropped, in ms") @Nullable
                Long expiresInMs,
        @Schema(description = "A job that has not started by then is dropped", examples = "2026-01-31T08:00:00Z")
                @Nullable
                String expiresAt,
        @Nullable Unique unique,
        @Schema(description = "Jobs of one group share its turn; 1 to 100 letters, digits, . _ : @ / + -") @Nullable
                String group,
        @Schema(description = "Whose work it is; 1 to 100 letters, digits, . _ : @ / + -") @Nullable String tenant,
        @Schema(description = "Words to find the job by, at most 10") @Nullable List<@Nullable String> tags,
        @Schema(description = "How long the result can be read, in ms") @Nullable Long keepResultMs) {

    /** Keeps a second job of the same key out, as it is written in JSON. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Unique")
    public record Unique(
            @Schema(description = "Any text of 1 to 1000 characters", required = true) @Nullable String key,
            @Schema(description = "How long the key is held at most, in ms; default a day") @Nullable Long windowMs,
            @Schema(
                            description =
                                    "keep: the newcomer is dropped; replace: a job that has not started takes over "
                                            + "its payload and delay. Default keep",
                            enumeration = {"keep", "replace"})
                    @Nullable
                    String onConflict) {

        static Unique of(Uniqueness unique) {
            return new Unique(
                    unique.key(),
                    unique.window().toMillis(),
                    unique.onConflict().name().toLowerCase(Locale.ROOT));
        }

        Uniqueness toUniqueness() {
            if (key == null) {
                throw new InvalidJobException("unique.key", "must be given");
            }
            return new Uniqueness(
                    key, windowMs == null ? Uniqueness.DEFAULT_WINDOW : Duration.ofMillis(windowMs), conflict());
        }

        private Uniqueness.OnConflict conflict() {
            if (onConflict == null || onConflict.equals("keep")) {
                return Uniqueness.OnConflict.KEEP;
            }
            if (onConflict.equals("replace")) {
                return Uniqueness.OnConflict.REPLACE;
            }
            throw new InvalidJobException("unique.onConflict", "must be keep or replace");
        }
    }

    /** How long to wait between attempts, as it is written in JSON. */
    @RegisterForReflection
    @Schema(name = "Backoff")
    public record Backoff(
            @Schema(
                            description = "How the wait grows; default exponential",
                            enumeration = {"fixed", "linear", "exponential"})
                    @Nullable
                    String kind,
            @Schema(description = "Wait after the first failure, in ms", required = true) @Nullable Long delayMs,
            @Schema(description = "No wait is longer, in ms; default an hour") @Nullable Long capMs,
            @Schema(description = "Random share of the wait, 0 to 1; default 0.2") @Nullable Double jitter) {

        static Backoff of(RetryPolicy retry) {
            return new Backoff(
                    retry.kind().name().toLowerCase(Locale.ROOT),
                    retry.delay().toMillis(),
                    retry.cap().toMillis(),
                    retry.jitter());
        }

        RetryPolicy toRetryPolicy() {
            return new RetryPolicy(
                    kind == null ? RetryPolicy.Kind.EXPONENTIAL : kindNamed(kind),
                    millis("options.backoff.delayMs", delayMs),
                    capMs == null ? RetryPolicy.DEFAULT_CAP : millis("options.backoff.capMs", capMs),
                    jitter == null ? RetryPolicy.DEFAULT_JITTER : jitter);
        }

        private static RetryPolicy.Kind kindNamed(String name) {
            return Arrays.stream(RetryPolicy.Kind.values())
                    .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(name))
                    .findFirst()
                    .orElseThrow(() ->
                            new InvalidJobException("options.backoff.kind", "must be fixed, linear or exponential"));
        }

        private static Duration millis(String field, @Nullable Long value) {
            long most = JobOptions.MAX_DELAY.toMillis();
            if (value == null || value < 0 || value > most) {
                throw new InvalidJobException(field, "must be between 0 and " + most + " ms");
            }
            return Duration.ofMillis(value);
        }
    }

    /** The names that {@link JobOptions} and {@link RetryPolicy} give a field, and what callers call it. */
    private static final Map<String, String> CALLERS_NAMES = Map.of(
            "delay", "delayMs",
            "startAt", "runAt",
            "expiresIn", "expiresInMs",
            "timeout", "timeoutMs",
            "unique.window", "unique.windowMs",
            "keepResult", "keepResultMs",
            "retry.delay", "backoff.delayMs",
            "retry.jitter", "backoff.jitter");

    /** Checked options in their JSON form; what is the default is left out. */
    public static JobOptionsJson of(JobOptions options) {
        Timing timing = options.timing();
        JobLabels labels = options.labels();
        return new JobOptionsJson(
                options.id().orElse(null),
                options.priority() == 0 ? null : options.priority(),
                timing.delay().isZero() ? null : timing.delay().toMillis(),
                timing.startAt().map(Instant::toString).orElse(null),
                options.attempts().isPresent() ? options.attempts().getAsInt() : null,
                options.retry().map(Backoff::of).orElse(null),
                options.timeout().map(Duration::toMillis).orElse(null),
                timing.expiresIn().map(Duration::toMillis).orElse(null),
                timing.expiresAt().map(Instant::toString).orElse(null),
                options.unique().map(Unique::of).orElse(null),
                labels.group().orElse(null),
                labels.tenant().orElse(null),
                labels.tags().isEmpty() ? null : List.copyOf(labels.tags()),
                options.keepResult().map(Duration::toMillis).orElse(null));
    }

    /**
     * Checked options.
     *
     * @param clock what absolute times must not be too far from; from there on Redis's clock counts
     * @throws InvalidJobException naming the field as the caller wrote it
     */
    public JobOptions toJobOptions(InstantSource clock) {
        try {
            Timing timing = timing();
            timing.checkAgainst(clock.instant());
            return new JobOptions(
                    Optional.ofNullable(id),
                    priority == null ? 0 : priority,
                    timing,
                    attempts == null ? OptionalInt.empty() : OptionalInt.of(attempts),
                    Optional.ofNullable(backoff).map(Backoff::toRetryPolicy),
                    Optional.ofNullable(timeoutMs).map(Duration::ofMillis),
                    Optional.ofNullable(unique).map(Unique::toUniqueness),
                    labels(),
                    Optional.ofNullable(keepResultMs).map(Duration::ofMillis));
        } catch (InvalidJobException e) {
            String field = e.field().startsWith("options.")
                    ? e.field()
                    : "options." + CALLERS_NAMES.getOrDefault(e.field(), e.field());
            throw new InvalidJobException(field, e.reason());
        }
    }

    private Timing timing() {
        if (runAt != null && delayMs != null) {
            throw new InvalidJobException("runAt", "must not be given together with delayMs");
        }
        if (expiresAt != null && expiresInMs != null) {
            throw new InvalidJobException("expiresAt", "must not be given together with expiresInMs");
        }
        return new Timing(
                delayMs == null ? Duration.ZERO : Duration.ofMillis(delayMs),
                Optional.ofNullable(runAt).map(text -> time("runAt", text)),
                Optional.ofNullable(expiresInMs).map(Duration::ofMillis),
                Optional.ofNullable(expiresAt).map(text -> time("expiresAt", text)));
    }

    private JobLabels labels() {
        List<String> words = new ArrayList<>();
        for (String tag : tags == null ? List.<@Nullable String>of() : tags) {
            words.add(tag == null ? "" : tag);
        }
        return new JobLabels(Optional.ofNullable(group), Optional.ofNullable(tenant), words);
    }

    private static Instant time(String field, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new InvalidJobException(field, "must be a time such as 2026-01-31T08:00:00Z");
        }
    }
}
