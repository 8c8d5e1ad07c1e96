package io.penstock.common.queue;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.RetryPolicy;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
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
        @Schema(description = "How long one attempt may run, in ms") @Nullable Long timeoutMs) {

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
            "timeout", "timeoutMs",
            "retry.delay", "backoff.delayMs",
            "retry.jitter", "backoff.jitter");

    /** Checked options in their JSON form; what is the default is left out. */
    public static JobOptionsJson of(JobOptions options) {
        return new JobOptionsJson(
                options.id().orElse(null),
                options.priority() == 0 ? null : options.priority(),
                options.delay().isZero() ? null : options.delay().toMillis(),
                null,
                options.attempts().isPresent() ? options.attempts().getAsInt() : null,
                options.retry().map(Backoff::of).orElse(null),
                options.timeout().map(Duration::toMillis).orElse(null));
    }

    /**
     * Checked options.
     *
     * @param clock what {@code runAt} is measured against; from there on Redis's clock counts
     * @throws InvalidJobException naming the field as the caller wrote it
     */
    public JobOptions toJobOptions(InstantSource clock) {
        Duration delay = delay(clock);
        try {
            return new JobOptions(
                    Optional.ofNullable(id),
                    priority == null ? 0 : priority,
                    delay,
                    attempts == null ? OptionalInt.empty() : OptionalInt.of(attempts),
                    Optional.ofNullable(backoff).map(Backoff::toRetryPolicy),
                    Optional.ofNullable(timeoutMs).map(Duration::ofMillis));
        } catch (InvalidJobException e) {
            String field = e.field().startsWith("options.")
                    ? e.field()
                    : "options." + CALLERS_NAMES.getOrDefault(e.field(), e.field());
            throw new InvalidJobException(
                    runAt != null && "delay".equals(e.field()) ? "options.runAt" : field, e.reason());
        }
    }

    private Duration delay(InstantSource clock) {
        if (runAt == null) {
            return delayMs == null ? Duration.ZERO : Duration.ofMillis(delayMs);
        }
        if (delayMs != null) {
            throw new InvalidJobException("options.runAt", "must not be given together with delayMs");
        }
        try {
            Duration until = Duration.between(clock.instant(), Instant.parse(runAt));
            return until.isNegative() ? Duration.ZERO : until;
        } catch (DateTimeException | ArithmeticException e) {
            throw new InvalidJobException("options.runAt", "must be a time such as 2026-01-31T08:00:00Z");
        }
    }
}
