package io.penstock.common.operations;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.common.history.ErrorFingerprint;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobsPage;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs are meant: those that meet every criterion given. It has to name a queue, or say that all are meant and add
 * a criterion, so that nobody hits everything by leaving something out.
 *
 * @param queue only jobs of this queue
 * @param allQueues true: jobs of all queues
 * @param states only jobs in one of these states, lower case; absent: those in which the action can take effect
 * @param types only jobs of one of these types
 * @param tags only jobs that carry all of these tags
 * @param tenant only jobs of this tenant
 * @param group only jobs of this group
 * @param olderThanMs only jobs accepted longer ago than this when the filter was given
 * @param errorContains only jobs whose latest failure has this text in it, whatever its case
 * @param fingerprint only jobs whose latest failure is of this group, see {@link ErrorFingerprint}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BulkFilter(
        @Nullable String queue,
        @Nullable Boolean allQueues,
        @Nullable List<String> states,
        @Nullable List<String> types,
        @Nullable List<String> tags,
        @Nullable String tenant,
        @Nullable String group,
        @Nullable Long olderThanMs,
        @Nullable String errorContains,
        @Nullable String fingerprint) {

    private static final int MAX_WORDS = 50;
    private static final int MAX_LENGTH = 200;

    /** Whatever the group of their error. */
    public BulkFilter(
            @Nullable String queue,
            @Nullable Boolean allQueues,
            @Nullable List<String> states,
            @Nullable List<String> types,
            @Nullable List<String> tags,
            @Nullable String tenant,
            @Nullable String group,
            @Nullable Long olderThanMs,
            @Nullable String errorContains) {
        this(queue, allQueues, states, types, tags, tenant, group, olderThanMs, errorContains, null);
    }

    /** Fails with {@link InvalidFilterException} unless the filter says clearly what is meant. */
    public void check() {
        checkWords("states", states);
        checkWords("types", types);
        checkWords("tags", tags);
        checkText("queue", queue);
        checkText("tenant", tenant);
        checkText("group", group);
        checkText("errorContains", errorContains);
        if (fingerprint != null && !ErrorFingerprint.isOne(fingerprint)) {
            throw new InvalidFilterException("fingerprint", "must be 16 hexadecimal digits");
        }
        if (olderThanMs != null && olderThanMs < 0) {
            throw new InvalidFilterException("olderThanMs", "must not be negative");
        }
        if (states != null) {
            states.forEach(BulkFilter::state);
        }
        if (queue != null && allQueues != null) {
            throw new InvalidFilterException("allQueues", "must not be given together with a queue");
        }
        if (queue == null && !Boolean.TRUE.equals(allQueues)) {
            throw new InvalidFilterException(
                    "queue", "name a queue, or say \"allQueues\": true and one criterion more");
        }
        if (queue == null && !hasCriterion()) {
            throw new InvalidFilterException("allQueues", "needs at least one criterion more");
        }
    }

    private boolean hasCriterion() {
        return states != null
                || types != null
                || tags != null
                || tenant != null
                || group != null
                || olderThanMs != null
                || errorContains != null
                || fingerprint != null;
    }

    private static void checkWords(String field, @Nullable List<String> words) {
        if (words == null) {
            return;
        }
        if (words.isEmpty() || words.size() > MAX_WORDS) {
            throw new InvalidFilterException(field, "must hold 1 to " + MAX_WORDS + " words");
        }
        for (String word : words) {
            checkPresent(field, word);
        }
    }

    private static void checkText(String field, @Nullable String text) {
        if (text != null) {
            checkPresent(field, text);
        }
    }

    private static void checkPresent(String field, @Nullable String text) {
        if (text == null || text.isBlank() || text.length() > MAX_LENGTH) {
            throw new InvalidFilterException(field, "must be 1 to " + MAX_LENGTH + " characters");
        }
    }

    private static JobState state(String text) {
        return Arrays.stream(JobState.values())
                .filter(state -> state.name().toLowerCase(Locale.ROOT).equals(text))
                .filter(state -> !state.hasEnded() || state == JobState.DEAD)
                .findFirst()
                .orElseThrow(() -> new InvalidFilterException(
                        "states",
                        "must be scheduled, awaiting_children, waiting, active, retrying or dead, not '" + text + "'"));
    }

    /**
     * True when the job is meant.
     *
     * @param frozenAt when the filter was given; a job accepted later is never meant
     */
    boolean matches(JobsPage.Row job, BulkAction action, Instant frozenAt) {
        Instant enqueuedAt = job.enqueuedAt();
        return enqueuedAt != null
                && !enqueuedAt.isAfter(frozenAt.minusMillis(olderThanMs == null ? 0 : olderThanMs))
                && statesFor(action).contains(job.state())
                && (types == null || types.contains(job.type()))
                && (tags == null || job.labels().tags().containsAll(tags))
                && (tenant == null || tenant.equals(job.labels().tenant().orElse(null)))
                && (group == null || group.equals(job.labels().group().orElse(null)))
                && (errorContains == null || isIn(errorContains, job.error()))
                && (fingerprint == null
                        || (job.error() != null && fingerprint.equals(ErrorFingerprint.of(job.error()))));
    }

    /** Whether any job is meant that waits its turn or runs; all others have records. */
    boolean meansJobsInStreams(BulkAction action) {
        Set<JobState> meant = statesFor(action);
        return meant.contains(JobState.WAITING) || meant.contains(JobState.ACTIVE);
    }

    private Set<JobState> statesFor(BulkAction action) {
        return states == null
                ? action.states()
                : states.stream()
                        .map(BulkFilter::state)
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(JobState.class)));
    }

    private static boolean isIn(String text, @Nullable String error) {
        return error != null && error.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
    }
}
