package io.penstock.common.queue.redis;

import io.penstock.common.job.FailureKind;
import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.queue.NewJob;
import io.penstock.common.trace.TraceParent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What travels with a job beside its payload: {@code <version>;<type>;<key>=<value>;…}. Only what departs from the queue's
 * policy is written, so that a plain job's header is its type. Values never hold {@code ;}: types and ids are checked
 * at the door. Unknown keys are ignored, so that older workers can read newer headers.
 *
 * @param id explicit id, or the id of a job that left its first stream entry; null: the entry says it
 * @param failedAttempts {@code a}, attempts used up
 * @param maxAttempts {@code m}; 0: the queue's policy
 * @param stalls {@code s}, how often it lost its worker
 * @param timeout {@code t} in ms; empty: the queue's policy
 * @param retry {@code b} as kind,delay ms,cap ms,jitter; empty: the queue's policy
 * @param enqueuedAtMs {@code e} in epoch ms; 0: the entry id says it
 * @param timedOut {@code k=t}: the latest failure was a time-out
 * @param extras what few jobs ask for
 */
record JobHeader(
        String type,
        @Nullable String id,
        int failedAttempts,
        int maxAttempts,
        int stalls,
        Optional<Duration> timeout,
        Optional<RetryPolicy> retry,
        long enqueuedAtMs,
        boolean timedOut,
        JobExtras extras) {

    /** A worker that meets a newer version leaves the job alone. */
    private static final char PLAIN_VERSION = '1';

    private static final String TIMED_OUT = "t";

    /** Of jobs whose end needs a worker that knows groups, expiry, kept results and payload versions. */
    private static final char EXTRAS_VERSION = '2';

    /** Of jobs whose payload is an array of items. */
    private static final char GATHERED_VERSION = '3';

    /** The header of a new job. */
    static JobHeader of(NewJob job, @Nullable String id, JobExtras extras) {
        JobOptions options = job.options();
        return new JobHeader(
                job.type(),
                id,
                0,
                options.attempts().orElse(0),
                0,
                options.timeout().or(job::typeTimeout),
                options.retry(),
                0,
                false,
                extras);
    }

    static JobHeader parse(String text) {
        if (text.length() < 3
                || text.charAt(0) < PLAIN_VERSION
                || text.charAt(0) > GATHERED_VERSION
                || text.charAt(1) != ';') {
            throw new UnreadableJobException("job header of an unknown version: " + abbreviated(text));
        }
        int end = text.indexOf(';', 2);
        if (end < 0) {
            return new JobHeader(
                    text.substring(2), null, 0, 0, 0, Optional.empty(), Optional.empty(), 0, false, JobExtras.NONE);
        }
        return parseFields(text.substring(2, end), text, end + 1);
    }

    private static JobHeader parseFields(String type, String text, int from) {
        String id = null;
        int failedAttempts = 0;
        int maxAttempts = 0;
        int stalls = 0;
        Optional<Duration> timeout = Optional.empty();
        Optional<RetryPolicy> retry = Optional.empty();
        long enqueuedAtMs = 0;
        boolean timedOut = false;
        ExtrasReader extras = new ExtrasReader();
        int start = from;
        while (start < text.length()) {
            int next = text.indexOf(';', start);
            int end = next < 0 ? text.length() : next;
            if (end - start < 2 || text.charAt(start + 1) != '=') {
                throw new UnreadableJobException("malformed job header: " + abbreviated(text));
            }
            String value = text.substring(start + 2, end);
            switch (text.charAt(start)) {
                case 'i' -> id = value;
                case 'a' -> failedAttempts = Integer.parseInt(value);
                case 'm' -> maxAttempts = Integer.parseInt(value);
                case 's' -> stalls = Integer.parseInt(value);
                case 't' -> timeout = Optional.of(Duration.ofMillis(Long.parseLong(value)));
                case 'b' -> retry = Optional.of(parseRetry(value));
                case 'e' -> enqueuedAtMs = Long.parseLong(value);
                case 'k' -> timedOut = value.equals(TIMED_OUT);
                default -> extras.read(text.charAt(start), value);
            }
            start = end + 1;
        }
        return new JobHeader(
                type, id, failedAttempts, maxAttempts, stalls, timeout, retry, enqueuedAtMs, timedOut, extras.extras());
    }

    String encode() {
        if (isPlain()) {
            return PLAIN_VERSION + ";" + type;
        }
        StringBuilder text = new StringBuilder(96).append(version()).append(';').append(type);
        if (id != null) {
            text.append(";i=").append(id);
        }
        appendUnlessZero(text, 'a', failedAttempts);
        appendUnlessZero(text, 'm', maxAttempts);
        appendUnlessZero(text, 's', stalls);
        timeout.ifPresent(value -> text.append(";t=").append(value.toMillis()));
        retry.ifPresent(value -> text.append(";b=").append(encodeRetry(value)));
        appendUnlessZero(text, 'e', enqueuedAtMs);
        if (timedOut) {
            text.append(";k=").append(TIMED_OUT);
        }
        extras.appendTo(text);
        return text.toString();
    }

    private char version() {
        if (extras.gathered() > 0) {
            return GATHERED_VERSION;
        }
        return extras.needNewWorker() ? EXTRAS_VERSION : PLAIN_VERSION;
    }

    /**
     * The header of the same job with other options; from now on it carries its id and when it was accepted.
     *
     * @param options replace the old ones; empty: as they are
     */
    JobHeader edited(String jobId, long acceptedAtMs, Optional<JobOptions> options) {
        return new JobHeader(
                type,
                jobId,
                failedAttempts,
                options.map(given -> given.attempts().orElse(0)).orElse(maxAttempts),
                stalls,
                options.isPresent() ? options.get().timeout() : timeout,
                options.isPresent() ? options.get().retry() : retry,
                acceptedAtMs,
                timedOut,
                options.map(extras::edited).orElse(extras));
    }

    /** Of the same job with a payload in this form. */
    JobHeader withPayloadVersion(int version) {
        return new JobHeader(
                type,
                id,
                failedAttempts,
                maxAttempts,
                stalls,
                timeout,
                retry,
                enqueuedAtMs,
                timedOut,
                extras.withPayloadVersion(version));
    }

    /**
     * The header of a job that leaves its entry: from now on it carries its id and when it was accepted.
     *
     * @param latest the kind of its latest failure; null: it has not failed
     */
    JobHeader moved(String jobId, long acceptedAtMs, int usedAttempts, @Nullable FailureKind latest) {
        return new JobHeader(
                type,
                jobId,
                usedAttempts,
                maxAttempts,
                stalls,
                timeout,
                retry,
                acceptedAtMs,
                latest == FailureKind.TIMEOUT,
                extras);
    }

    /** How its latest attempt failed; null: none has. */
    @Nullable
    FailureKind failureKind() {
        if (timedOut) {
            return FailureKind.TIMEOUT;
        }
        return failedAttempts > 0 ? FailureKind.ERROR : null;
    }

    private boolean isPlain() {
        return id == null
                && failedAttempts == 0
                && maxAttempts == 0
                && stalls == 0
                && timeout.isEmpty()
                && retry.isEmpty()
                && enqueuedAtMs == 0
                && !timedOut
                && extras.equals(JobExtras.NONE);
    }

    /** Gathers the fields of {@link JobExtras}; ignores those that a newer producer may have added. */
    private static final class ExtrasReader {

        private boolean any;
        private long expiresInMs;
        private long expiresAtMs;
        private @Nullable String uniqueHash;
        private Optional<String> group = Optional.empty();
        private Optional<String> tenant = Optional.empty();
        private List<String> tags = List.of();
        private long keepResultMs;
        private int payloadVersion = 1;
        private @Nullable String parent;
        private @Nullable String children;
        private int gathered;
        private @Nullable String trace;

        void read(char key, String value) {
            any = true;
            switch (key) {
                case 'x' -> expiresInMs = Long.parseLong(value);
                case 'y' -> expiresAtMs = Long.parseLong(value);
                case 'u' -> uniqueHash = value;
                case 'g' -> group = Optional.of(value);
                case 'n' -> tenant = Optional.of(value);
                case 'l' -> tags = List.of(value.split(","));
                case 'r' -> keepResultMs = Long.parseLong(value);
                case 'v' -> payloadVersion = Integer.parseInt(value);
                case 'p' -> parent = value;
                case 'f' -> children = value;
                case 'c' -> gathered = Integer.parseInt(value);
                case 'w' -> trace = TraceParent.parse(value).isValid() ? value : null;
                default -> {
                    // A newer producer's field that this version does not need.
                }
            }
        }

        JobExtras extras() {
            return any
                    ? new JobExtras(
                            expiresInMs,
                            expiresAtMs,
                            uniqueHash,
                            new JobLabels(group, tenant, tags),
                            keepResultMs,
                            payloadVersion,
                            parent,
                            children,
                            gathered,
                            trace)
                    : JobExtras.NONE;
        }
    }

    private static void appendUnlessZero(StringBuilder text, char key, long value) {
        if (value != 0) {
            text.append(';').append(key).append('=').append(value);
        }
    }

    private static String encodeRetry(RetryPolicy retry) {
        return retry.kind() + "," + retry.delay().toMillis() + "," + retry.cap().toMillis() + "," + retry.jitter();
    }

    private static RetryPolicy parseRetry(String value) {
        String[] parts = value.split(",", 4);
        if (parts.length < 4) {
            throw new UnreadableJobException("malformed retry policy: " + abbreviated(value));
        }
        return new RetryPolicy(
                RetryPolicy.Kind.valueOf(parts[0]),
                Duration.ofMillis(Long.parseLong(parts[1])),
                Duration.ofMillis(Long.parseLong(parts[2])),
                Double.parseDouble(parts[3]));
    }

    private static String abbreviated(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
