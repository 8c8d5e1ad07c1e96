package io.penstock.common.queue.redis;

import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.Timing;
import io.penstock.common.job.Uniqueness;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.NewJob;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What few jobs ask for and the others must not pay for. One instance, {@link #NONE}, stands for all of those.
 *
 * @param expiresInMs {@code x}, ms from acceptance; 0: never
 * @param expiresAtMs {@code y}, epoch ms; 0: never
 * @param uniqueHash {@code u}, digest of the uniqueness key; null: none
 * @param labels {@code g} group, {@code n} tenant, {@code l} tags
 * @param keepResultMs {@code r}; 0: no longer than the completed record
 * @param payloadVersion {@code v}; 1 unless the job type's payload has changed its form
 * @param parent {@code p}, the job that waits for this one, as {@code <queue>,<partition>,<id>}; null: none
 * @param children {@code f}, the jobs that this one was enqueued to wait for, as {@code <how many>,<id>,…}; the first of them.
 *     null: none
 * @param gathered {@code c}, items in the payload, which is an array of them; 0: the payload is none
 * @param trace {@code w}, where in a trace it was asked for, as W3C's {@code traceparent}; null: in none
 */
record JobExtras(
        long expiresInMs,
        long expiresAtMs,
        @Nullable String uniqueHash,
        JobLabels labels,
        long keepResultMs,
        int payloadVersion,
        @Nullable String parent,
        @Nullable String children,
        int gathered,
        @Nullable String trace) {

    /** Children that a parent names: what a page shows of them. */
    static final int MOST_NAMED = 20;

    static final JobExtras NONE = new JobExtras(0, 0, null, JobLabels.NONE, 0, 1, null, null, 0, null);

    static JobExtras of(NewJob job) {
        JobOptions options = job.options();
        Timing timing = options.timing();
        if (timing.expiresIn().isEmpty()
                && timing.expiresAt().isEmpty()
                && options.unique().isEmpty()
                && options.keepResult().isEmpty()
                && job.payloadVersion() == 1
                && job.trace() == null
                && options.labels().equals(JobLabels.NONE)) {
            return NONE;
        }
        return new JobExtras(
                timing.expiresIn().map(Duration::toMillis).orElse(0L),
                timing.expiresAt().map(Instant::toEpochMilli).orElse(0L),
                options.unique().map(JobExtras::hash).orElse(null),
                options.labels(),
                options.keepResult().map(Duration::toMillis).orElse(0L),
                job.payloadVersion(),
                null,
                null,
                0,
                job.trace());
    }

    /** Of a job that begins to gather items, its first in hand, under a key of this hash. */
    JobExtras gathering(String hash) {
        return new JobExtras(
                expiresInMs, expiresAtMs, hash, labels, keepResultMs, payloadVersion, parent, children, 1, trace);
    }

    JobExtras withParent(String newParent) {
        return new JobExtras(
                expiresInMs,
                expiresAtMs,
                uniqueHash,
                labels,
                keepResultMs,
                payloadVersion,
                newParent,
                children,
                gathered,
                trace);
    }

    /** Of a parent of these jobs, of which so many are named as a page shows. */
    JobExtras withChildren(List<String> ids) {
        String named = ids.size() + "," + String.join(",", ids.subList(0, Math.min(MOST_NAMED, ids.size())));
        return new JobExtras(
                expiresInMs,
                expiresAtMs,
                uniqueHash,
                labels,
                keepResultMs,
                payloadVersion,
                parent,
                named,
                gathered,
                trace);
    }

    /** What is known of the jobs around this one. */
    JobView.Related related() {
        return related(parent, children);
    }

    /** The same from its parts as they are stored. What cannot be read is left out: it is told, and decides nothing. */
    static JobView.Related related(@Nullable String parent, @Nullable String children) {
        String[] place = parent == null ? new String[0] : parent.split(",", 3);
        String[] named = children == null ? new String[0] : children.split(",");
        boolean counted = named.length > 0 && named[0].matches("\\d{1,9}");
        if (place.length < 3 && !counted) {
            return JobView.Related.NONE;
        }
        return new JobView.Related(
                place.length < 3 ? null : place[2],
                counted ? Integer.parseInt(named[0]) : 0,
                counted ? List.of(named).subList(1, named.length) : List.of());
    }

    /** Keys are users' text: their digest has one length and can never leave its place. 128 bits do not collide. */
    static String hash(Uniqueness unique) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(unique.key().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** True when an older worker must not take it: the end has to do more than remove it, or the payload has a new form. */
    boolean needNewWorker() {
        return expires() || labels.group().isPresent() || keepResultMs > 0 || payloadVersion > 1 || parent != null;
    }

    /** True when the end of the job has to do more than remove it. */
    boolean needsScriptToEnd() {
        return uniqueHash != null || labels.group().isPresent() || keepResultMs > 0 || parent != null;
    }

    /** True when the end of the job may make another job of the partition ready, in whichever of its streams. */
    boolean mayReadyOthers() {
        return labels.group().isPresent() || parent != null;
    }

    boolean expires() {
        return expiresInMs > 0 || expiresAtMs > 0;
    }

    /** When a job accepted at this time expires; null: never. */
    @Nullable
    Instant expiryOf(Instant enqueuedAt) {
        if (expiresAtMs > 0) {
            return Instant.ofEpochMilli(expiresAtMs);
        }
        return expiresInMs > 0 ? enqueuedAt.plusMillis(expiresInMs) : null;
    }

    /** With these options in place of the old ones, except for what decided where the job lies. */
    JobExtras edited(JobOptions options) {
        Timing timing = options.timing();
        JobLabels given = options.labels();
        return new JobExtras(
                timing.expiresIn().map(Duration::toMillis).orElse(0L),
                timing.expiresAt().map(Instant::toEpochMilli).orElse(0L),
                uniqueHash,
                new JobLabels(labels.group(), given.tenant(), given.tags()),
                options.keepResult().map(Duration::toMillis).orElse(0L),
                payloadVersion,
                parent,
                children,
                gathered,
                trace);
    }

    JobExtras withPayloadVersion(int version) {
        return new JobExtras(
                expiresInMs, expiresAtMs, uniqueHash, labels, keepResultMs, version, parent, children, gathered, trace);
    }

    void appendTo(StringBuilder header) {
        appendUnlessZero(header, 'x', expiresInMs);
        appendUnlessZero(header, 'y', expiresAtMs);
        append(header, 'u', Optional.ofNullable(uniqueHash));
        append(header, 'g', labels.group());
        append(header, 'n', labels.tenant());
        if (!labels.tags().isEmpty()) {
            header.append(";l=").append(String.join(",", labels.tags()));
        }
        appendUnlessZero(header, 'r', keepResultMs);
        appendUnlessZero(header, 'v', payloadVersion == 1 ? 0 : payloadVersion);
        append(header, 'p', Optional.ofNullable(parent));
        append(header, 'f', Optional.ofNullable(children));
        appendUnlessZero(header, 'c', gathered);
        append(header, 'w', Optional.ofNullable(trace));
    }

    private static void append(StringBuilder header, char key, Optional<String> value) {
        value.ifPresent(text -> header.append(';').append(key).append('=').append(text));
    }

    private static void appendUnlessZero(StringBuilder header, char key, long value) {
        if (value != 0) {
            header.append(';').append(key).append('=').append(value);
        }
    }
}
