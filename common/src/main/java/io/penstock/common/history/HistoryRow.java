package io.penstock.common.history;

import io.penstock.common.job.FailureKind;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One end of a job, or one failed attempt. Its parts group what belongs together; each value can be asked for directly.
 *
 * @param state a word of {@link HistoryState}, or of a newer version's
 * @param attempt which attempt ended, 1 for the first; 0: none had started
 * @param worker id of the worker that ran it last; null: none did, or it is not known
 */
public record HistoryRow(Job job, String state, int attempt, Times times, @Nullable String worker, Texts texts) {

    /** What a row takes besides its texts, roughly. */
    private static final int FRAME = 600;

    /** False: an attempt failed, and the job went on. */
    public boolean isEnd() {
        return !state.equals(HistoryState.FAILED.wire());
    }

    /**
     * The job.
     *
     * @param stalls how often the job had lost its worker
     * @param tenant null: none
     * @param group whose turn it shared; null: none, or an older writer did not tell
     */
    public record Job(
            String jobId,
            String queue,
            String type,
            int maxAttempts,
            int stalls,
            int priority,
            @Nullable String tenant,
            @Nullable String group,
            List<String> tags) {}

    /**
     * When it came, ran and ended, and how long that took.
     *
     * @param startedAt null: the job ended without having started, or no worker told of its end
     * @param endedAt when its end was stored, by the clock of the worker or, where no worker told of it, of the queue's store
     * @param waitMs from ready to start; null: it did not start
     * @param runMs from start to the handler's end; null: it did not start
     */
    public record Times(
            Instant enqueuedAt,
            @Nullable Instant startedAt,
            Instant endedAt,
            @Nullable Long waitMs,
            @Nullable Long runMs) {}

    /**
     * What it brought or why it failed.
     *
     * @param fingerprint see {@link ErrorFingerprint}; null where there is no error, and before the row is written
     * @param error null: it ended well
     * @param failureKind null: it did not fail, or an older writer did not tell
     * @param result JSON text; null: none, or too large
     * @param payload JSON text; null: not kept, or too large
     * @param shortened the error was shortened, or result or payload left out, because of their size
     */
    public record Texts(
            @Nullable String fingerprint,
            @Nullable String error,
            @Nullable FailureKind failureKind,
            @Nullable String result,
            @Nullable String payload,
            boolean shortened) {}

    public String jobId() {
        return job.jobId;
    }

    public String queue() {
        return job.queue;
    }

    public String type() {
        return job.type;
    }

    public int maxAttempts() {
        return job.maxAttempts;
    }

    public int stalls() {
        return job.stalls;
    }

    public int priority() {
        return job.priority;
    }

    public @Nullable String tenant() {
        return job.tenant;
    }

    public @Nullable String group() {
        return job.group;
    }

    public List<String> tags() {
        return job.tags;
    }

    public Instant enqueuedAt() {
        return times.enqueuedAt;
    }

    public @Nullable Instant startedAt() {
        return times.startedAt;
    }

    public Instant endedAt() {
        return times.endedAt;
    }

    public @Nullable Long waitMs() {
        return times.waitMs;
    }

    public @Nullable Long runMs() {
        return times.runMs;
    }

    public @Nullable String fingerprint() {
        return texts.fingerprint;
    }

    public @Nullable String error() {
        return texts.error;
    }

    public @Nullable FailureKind failureKind() {
        return texts.failureKind;
    }

    public @Nullable String result() {
        return texts.result;
    }

    public @Nullable String payload() {
        return texts.payload;
    }

    public boolean shortened() {
        return texts.shortened;
    }

    /** With what each has; the rest is absent, or 0, until it is set. */
    public static Builder builder(
            String jobId, String queue, String type, String state, Instant enqueuedAt, Instant endedAt) {
        return new Builder(jobId, queue, type, state, enqueuedAt, endedAt);
    }

    public Builder toBuilder() {
        return new Builder(jobId(), queue(), type(), state, enqueuedAt(), endedAt())
                .attempt(attempt)
                .maxAttempts(maxAttempts())
                .stalls(stalls())
                .priority(priority())
                .tenant(tenant())
                .group(group())
                .tags(tags())
                .startedAt(startedAt())
                .waitMs(waitMs())
                .runMs(runMs())
                .worker(worker)
                .fingerprint(fingerprint())
                .error(error())
                .failureKind(failureKind())
                .result(result())
                .payload(payload())
                .shortened(shortened());
    }

    /** Characters in memory, roughly. */
    public int weight() {
        return FRAME + length(error()) + length(result()) + length(payload());
    }

    /** The row without the texts that came from outside: what is left when the database refuses one of them. */
    public HistoryRow bare() {
        return toBuilder()
                .tenant(null)
                .group(null)
                .tags(List.of())
                .error(error() == null ? null : "the database did not take the text of this error")
                .result(null)
                .payload(null)
                .shortened(true)
                .build();
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /** Names what it sets. What it means is said at the parts. */
    public static final class Builder {

        private final String jobId;
        private String queue;
        private String type;
        private int maxAttempts;
        private int stalls;
        private int priority;
        private @Nullable String tenant;
        private @Nullable String group;
        private List<String> tags = List.of();
        private final String state;
        private int attempt;
        private final Instant enqueuedAt;
        private @Nullable Instant startedAt;
        private final Instant endedAt;
        private @Nullable Long waitMs;
        private @Nullable Long runMs;
        private @Nullable String worker;
        private @Nullable String fingerprint;
        private @Nullable String error;
        private @Nullable FailureKind failureKind;
        private @Nullable String result;
        private @Nullable String payload;
        private boolean shortened;

        private Builder(String jobId, String queue, String type, String state, Instant enqueuedAt, Instant endedAt) {
            this.jobId = jobId;
            this.queue = queue;
            this.type = type;
            this.state = state;
            this.enqueuedAt = enqueuedAt;
            this.endedAt = endedAt;
        }

        public Builder queue(String value) {
            this.queue = value;
            return this;
        }

        public Builder type(String value) {
            this.type = value;
            return this;
        }

        public Builder maxAttempts(int value) {
            this.maxAttempts = value;
            return this;
        }

        public Builder stalls(int value) {
            this.stalls = value;
            return this;
        }

        public Builder priority(int value) {
            this.priority = value;
            return this;
        }

        public Builder group(@Nullable String value) {
            this.group = value;
            return this;
        }

        public Builder tenant(@Nullable String value) {
            this.tenant = value;
            return this;
        }

        public Builder tags(List<String> value) {
            this.tags = value;
            return this;
        }

        public Builder attempt(int value) {
            this.attempt = value;
            return this;
        }

        public Builder startedAt(@Nullable Instant value) {
            this.startedAt = value;
            return this;
        }

        public Builder waitMs(@Nullable Long value) {
            this.waitMs = value;
            return this;
        }

        public Builder runMs(@Nullable Long value) {
            this.runMs = value;
            return this;
        }

        public Builder worker(@Nullable String value) {
            this.worker = value;
            return this;
        }

        public Builder fingerprint(@Nullable String value) {
            this.fingerprint = value;
            return this;
        }

        public Builder error(@Nullable String value) {
            this.error = value;
            return this;
        }

        public Builder failureKind(@Nullable FailureKind value) {
            this.failureKind = value;
            return this;
        }

        public Builder result(@Nullable String value) {
            this.result = value;
            return this;
        }

        public Builder payload(@Nullable String value) {
            this.payload = value;
            return this;
        }

        public Builder shortened(boolean value) {
            this.shortened = value;
            return this;
        }

        public HistoryRow build() {
            return new HistoryRow(
                    new Job(jobId, queue, type, maxAttempts, stalls, priority, tenant, group, tags),
                    state,
                    attempt,
                    new Times(enqueuedAt, startedAt, endedAt, waitMs, runMs),
                    worker,
                    new Texts(fingerprint, error, failureKind, result, payload, shortened));
        }
    }
}
