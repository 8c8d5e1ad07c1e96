package io.penstock.common.queue;

import io.penstock.common.job.FailureKind;
import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be told about one job right now. Its parts group what belongs together; each value can be asked for directly.
 */
public record JobView(
        String id,
        String type,
        String queue,
        JobState state,
        int priority,
        Counts counts,
        Times times,
        Content content,
        Outcome outcome) {

    /**
     * How often it was tried.
     *
     * @param attempts started so far, the running one included
     * @param maxAttempts attempts it may use in all
     * @param stalls how often it lost its worker
     */
    public record Counts(int attempts, int maxAttempts, int stalls) {}

    /**
     * When what happened to it, or will.
     *
     * @param enqueuedAt when it was accepted; null where the store no longer knows
     * @param dueAt next start of a scheduled or retrying job, else null
     * @param startedAt start of the latest attempt as far as known, else null
     * @param finishedAt end of a job that has ended, else null
     * @param expiresAt not to be started after that, else null
     */
    public record Times(
            @Nullable Instant enqueuedAt,
            @Nullable Instant dueAt,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            @Nullable Instant expiresAt) {}

    /**
     * What it was given.
     *
     * @param payload JSON text, perhaps sealed, see {@link PayloadCipher}; null where only a retained record is left
     * @param labels group, tenant and tags
     * @param version changes whenever the job's payload or options do; null where it cannot be changed any more
     * @param trace where in a trace it was asked for, see {@link io.penstock.common.trace.TraceParent}; null: in none
     * @param related the jobs around it
     */
    public record Content(
            @Nullable String payload,
            JobLabels labels,
            @Nullable String version,
            @Nullable String trace,
            Related related) {}

    /**
     * The jobs that a job was enqueued with, see {@link Family}.
     *
     * @param parentId the job that waits for it, or did; null: none
     * @param children how many jobs it waited for
     * @param firstChildren ids of the first of these
     */
    public record Related(@Nullable String parentId, int children, List<String> firstChildren) {

        public static final Related NONE = new Related(null, 0, List.of());
    }

    /**
     * What its latest attempt led to.
     *
     * @param error reason of the latest failure, or why it was dropped; else null
     * @param failureKind how the latest attempt that failed did so; null: none failed, or it is not known
     * @param result JSON text a completed job returned, perhaps sealed; else null
     * @param worker id of the worker that holds or held it, else null
     * @param cancellation state of the request to stop it while it ran; null: nobody asked
     */
    public record Outcome(
            @Nullable String error,
            @Nullable FailureKind failureKind,
            @Nullable String result,
            @Nullable String worker,
            @Nullable Cancellation cancellation) {}

    public int attempts() {
        return counts.attempts;
    }

    public int maxAttempts() {
        return counts.maxAttempts;
    }

    public int stalls() {
        return counts.stalls;
    }

    public @Nullable Instant enqueuedAt() {
        return times.enqueuedAt;
    }

    public @Nullable Instant dueAt() {
        return times.dueAt;
    }

    public @Nullable Instant startedAt() {
        return times.startedAt;
    }

    public @Nullable Instant finishedAt() {
        return times.finishedAt;
    }

    public @Nullable Instant expiresAt() {
        return times.expiresAt;
    }

    public @Nullable String payload() {
        return content.payload;
    }

    public JobLabels labels() {
        return content.labels;
    }

    public @Nullable String version() {
        return content.version;
    }

    public @Nullable String error() {
        return outcome.error;
    }

    public @Nullable FailureKind failureKind() {
        return outcome.failureKind;
    }

    public @Nullable String result() {
        return outcome.result;
    }

    public @Nullable String worker() {
        return outcome.worker;
    }

    public @Nullable Cancellation cancellation() {
        return outcome.cancellation;
    }

    public @Nullable String trace() {
        return content.trace;
    }

    public Related related() {
        return content.related;
    }

    /** The same with another text as its payload. */
    public JobView withPayload(@Nullable String other) {
        Content shown = new Content(other, content.labels, content.version, content.trace, content.related);
        return new JobView(id, type, queue, state, priority, counts, times, shown, outcome);
    }

    /** With what each has; the rest is absent, or 0, until it is set. */
    public static Builder builder(String id, String type, String queue, JobState state) {
        return new Builder(id, type, queue, state);
    }

    /** Names what it sets. What it means is said at the parts. */
    public static final class Builder {

        private final String id;
        private final String type;
        private final String queue;
        private final JobState state;
        private int priority;
        private int attempts;
        private int maxAttempts;
        private int stalls;
        private @Nullable Instant enqueuedAt;
        private @Nullable Instant dueAt;
        private @Nullable Instant startedAt;
        private @Nullable Instant finishedAt;
        private @Nullable Instant expiresAt;
        private @Nullable String payload;
        private JobLabels labels = JobLabels.NONE;
        private @Nullable String version;
        private @Nullable String trace;
        private Related related = Related.NONE;
        private @Nullable String error;
        private @Nullable FailureKind failureKind;
        private @Nullable String result;
        private @Nullable String worker;
        private @Nullable Cancellation cancellation;

        private Builder(String id, String type, String queue, JobState state) {
            this.id = id;
            this.type = type;
            this.queue = queue;
            this.state = state;
        }

        public Builder priority(int value) {
            this.priority = value;
            return this;
        }

        public Builder attempts(int value) {
            this.attempts = value;
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

        public Builder enqueuedAt(@Nullable Instant value) {
            this.enqueuedAt = value;
            return this;
        }

        public Builder dueAt(@Nullable Instant value) {
            this.dueAt = value;
            return this;
        }

        public Builder startedAt(@Nullable Instant value) {
            this.startedAt = value;
            return this;
        }

        public Builder finishedAt(@Nullable Instant value) {
            this.finishedAt = value;
            return this;
        }

        public Builder expiresAt(@Nullable Instant value) {
            this.expiresAt = value;
            return this;
        }

        public Builder payload(@Nullable String value) {
            this.payload = value;
            return this;
        }

        public Builder labels(JobLabels value) {
            this.labels = value;
            return this;
        }

        public Builder version(@Nullable String value) {
            this.version = value;
            return this;
        }

        public Builder trace(@Nullable String value) {
            this.trace = value;
            return this;
        }

        public Builder related(Related value) {
            this.related = value;
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

        public Builder worker(@Nullable String value) {
            this.worker = value;
            return this;
        }

        public Builder cancellation(@Nullable Cancellation value) {
            this.cancellation = value;
            return this;
        }

        public JobView build() {
            return new JobView(
                    id,
                    type,
                    queue,
                    state,
                    priority,
                    new Counts(attempts, maxAttempts, stalls),
                    new Times(enqueuedAt, dueAt, startedAt, finishedAt, expiresAt),
                    new Content(payload, labels, version, trace, related),
                    new Outcome(error, failureKind, result, worker, cancellation));
        }
    }
}
