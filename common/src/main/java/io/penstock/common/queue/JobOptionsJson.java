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
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks for one job, as it is written in JSON: in requests, and wherever else options are kept as text.
 * Absent fields leave the queue's policy in force. The one place that knows the JSON names of options.
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
        @Schema(description = "A job that has not started so many ms after it was accepted is dropped as expired")
                @Nullable
                Long expiresInMs,
        @Schema(
                        description = "As expiresInMs, as a time; only one of the two may be given",
                        examples = "2026-01-31T09:00:00Z")
                @Nullable
                String expiresAt,
        @Schema(description = "How often the job may be started, 1 to 100") @Nullable Integer attempts,
        @Nullable Backoff backoff,
        @Schema(description = "How long one attempt may run, in ms") @Nullable Long timeoutMs,
        @Schema(description = "Keeps a second job of the same key out while the first one lives") @Nullable
                Unique unique,
        @Schema(description = "Jobs of one group share its turn: groups take turns fairly", examples = "shop-17")
                @Nullable
                String group,
        @Schema(description = "Whose work it is; told to the handler", examples = "acme") @Nullable String tenant,
        @Schema(description = "Words to find the job by, at most 10") @Nullable List<@Nullable String> tags,
        @Schema(
                        description =
                                "How long what the job returns, or why it ended, can be read and waited for under "
                                        + "/api/jobs/{id}/result, in ms; absent: as long as the queue keeps its record")
                @Nullable
                Long keepResultMs) {

    /** No options at all. */
    private static final JobOptionsJson NONE =
            new JobOptionsJson(null, null, null, null, null, null, null, null, null, null, null, null, null, null);

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
                    written(retry.kind()), retry.delay().toMillis(), retry.cap().toMillis(), retry.jitter());
        }

        RetryPolicy toRetryPolicy() {
            return new RetryPolicy(
                    kind == null
                            ? RetryPolicy.Kind.EXPONENTIAL
                            : named(RetryPolicy.Kind.values(), kind, "options.backoff.kind"),
                    millis("options.backoff.delayMs", delayMs),
                    capMs == null ? RetryPolicy.DEFAULT_CAP : millis("options.backoff.capMs", capMs),
                    jitter == null ? RetryPolicy.DEFAULT_JITTER : jitter);
        }

        private static Duration millis(String field, @Nullable Long value) {
            long most = JobOptions.MAX_DELAY.toMillis();
            if (value == null || value < 0 || value > most) {
                throw new InvalidJobException(field, "must be between 0 and " + most + " ms");
            }
            return Duration.ofMillis(value);
        }
    }

    /** A uniqueness key, as it is written in JSON. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Unique")
    public record Unique(
            @Schema(description = "Any text of 1 to 1000 characters, one space of names per queue", required = true)
                    @Nullable
                    String key,
            @Schema(description = "How long the key is held at most, in ms; default a day") @Nullable Long windowMs,
            @Schema(
                            description =
                                    "keep (default): the newcomer is answered with the job that holds the key. "
                                            + "replace: a job that has not started takes over payload and options of the newcomer",
                            enumeration = {"keep", "replace"})
                    @Nullable
                    String onConflict) {

        static Unique of(Uniqueness unique) {
            return new Unique(unique.key(), unique.window().toMillis(), written(unique.onConflict()));
        }

        Uniqueness toUniqueness() {
            return new Uniqueness(
                    key == null ? "" : key,
                    windowMs == null ? Uniqueness.DEFAULT_WINDOW : Duration.ofMillis(windowMs),
                    onConflict == null
                            ? Uniqueness.OnConflict.KEEP
                            : named(Uniqueness.OnConflict.values(), onConflict, "options.unique.onConflict"));
        }
    }

    /** The names that {@link JobOptions} and its parts give a field, and what callers call it. */
    private static final Map<String, String> CALLERS_NAMES = Map.of(
            "delay", "delayMs",
            "startAt", "runAt",
            "expiresIn", "expiresInMs",
            "timeout", "timeoutMs",
            "retry.delay", "backoff.delayMs",
            "retry.jitter", "backoff.jitter",
            "unique.window", "unique.windowMs",
            "keepResult", "keepResultMs");

    /** Checked options in their JSON form; what is the default is left out. */
    public static JobOptionsJson of(JobOptions options) {
        if (options.equals(JobOptions.DEFAULT)) {
            return NONE;
        }
        Timing timing = options.timing();
        JobLabels labels = options.labels();
        return new JobOptionsJson(
                options.id().orElse(null),
                options.priority() == 0 ? null : options.priority(),
                timing.delay().isZero() ? null : timing.delay().toMillis(),
                timing.startAt().map(Instant::toString).orElse(null),
                timing.expiresIn().map(Duration::toMillis).orElse(null),
                timing.expiresAt().map(Instant::toString).orElse(null),
                options.attempts().isPresent() ? options.attempts().getAsInt() : null,
                options.retry().map(Backoff::of).orElse(null),
                options.timeout().map(Duration::toMillis).orElse(null),
                options.unique().map(Unique::of).orElse(null),
                labels.group().orElse(null),
                labels.tenant().orElse(null),
                labels.tags().isEmpty() ? null : List.copyOf(labels.tags()),
                options.keepResult().map(Duration::toMillis).orElse(null));
    }

    /**
     * Checked options.
     *
     * @param clock what absolute times are checked against; when the job starts and expires is up to the queue's clock
     * @throws InvalidJobException naming the field as the caller wrote it, such as {@code options.runAt}
     */
    public JobOptions toJobOptions(InstantSource clock) {
        if (equals(NONE)) {
            return JobOptions.DEFAULT;
        }
        return inCallersNames(() -> {
            JobOptions options = new JobOptions(
                    Optional.ofNullable(id),
                    priority == null ? 0 : priority,
                    timing(),
                    attempts == null ? OptionalInt.empty() : OptionalInt.of(attempts),
                    Optional.ofNullable(backoff).map(Backoff::toRetryPolicy),
                    Optional.ofNullable(timeoutMs).map(Duration::ofMillis),
                    Optional.ofNullable(unique).map(Unique::toUniqueness),
                    labels(),
                    Optional.ofNullable(keepResultMs).map(Duration::ofMillis));
            options.timing().checkAgainst(clock.instant());
            return options;
        });
    }

    /** Runs the action; a field it blames is named as callers write it. */
    public static <T> T inCallersNames(Supplier<T> action) {
        try {
            return action.get();
        } catch (InvalidJobException e) {
            throw inCallersNames(e);
        }
    }

    /** The same complaint with the field named as callers write it; one about something else than options stays as it is. */
    public static InvalidJobException inCallersNames(InvalidJobException e) {
        String field = e.field();
        if (field.startsWith("options.") || field.startsWith("payload") || isOfMember(field)) {
            return e;
        }
        return new InvalidJobException("options." + CALLERS_NAMES.getOrDefault(field, field), e.reason());
    }

    /** Fields of bulk calls and families are named with their place already. */
    private static boolean isOfMember(String field) {
        return field.startsWith("jobs[") || field.startsWith("children[") || field.startsWith("parent.");
    }

    private Timing timing() {
        if (runAt != null && delayMs != null) {
            throw new InvalidJobException("options.runAt", "must not be given together with delayMs");
        }
        if (expiresAt != null && expiresInMs != null) {
            throw new InvalidJobException("options.expiresAt", "must not be given together with expiresInMs");
        }
        return new Timing(
                delayMs == null ? Duration.ZERO : Duration.ofMillis(delayMs),
                Optional.ofNullable(runAt).map(text -> time("options.runAt", text)),
                Optional.ofNullable(expiresInMs).map(Duration::ofMillis),
                Optional.ofNullable(expiresAt).map(text -> time("options.expiresAt", text)));
    }

    private static Instant time(String field, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new InvalidJobException(field, "must be a time such as 2026-01-31T08:00:00Z");
        }
    }

    private JobLabels labels() {
        List<String> given = new ArrayList<>();
        for (String tag : tags == null ? List.<@Nullable String>of() : tags) {
            if (tag == null) {
                throw new InvalidJobException("options.tags[" + given.size() + "]", "must be a string");
            }
            given.add(tag);
        }
        return new JobLabels(Optional.ofNullable(group), Optional.ofNullable(tenant), given);
    }

    private static String written(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static <E extends Enum<E>> E named(E[] values, String text, String field) {
        return Arrays.stream(values)
                .filter(value -> written(value).equals(text))
                .findFirst()
                .orElseThrow(() -> new InvalidJobException(
                        field,
                        "must be one of "
                                + String.join(
                                        ", ",
                                        Arrays.stream(values)
                                                .map(JobOptionsJson::written)
                                                .toList())));
    }
}
