package io.penstock.common.history;

import java.util.Optional;

/**
 * Which rows are wanted; what is empty is not asked about, what is there is joined by "and".
 *
 * @param jobId exact
 * @param tag the row has this tag, perhaps among others
 * @param error part of the first {@link #SEARCHED} characters of the error, upper or lower case
 */
public record HistoryFilter(
        Optional<String> jobId,
        Optional<String> queue,
        Optional<String> type,
        Optional<HistoryState> state,
        Optional<String> tag,
        Optional<String> tenant,
        Optional<String> fingerprint,
        Optional<String> error,
        Optional<String> group) {

    /** Characters of an error that can be searched; the index holds no more. */
    public static final int SEARCHED = 1_000;

    public static final int MAX_TEXT = 200;
    /** Three characters make a trigram; less would fit nearly every error. */
    public static final int MIN_ERROR = 3;

    public static final HistoryFilter NONE = new HistoryFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** Of any group. */
    public HistoryFilter(
            Optional<String> jobId,
            Optional<String> queue,
            Optional<String> type,
            Optional<HistoryState> state,
            Optional<String> tag,
            Optional<String> tenant,
            Optional<String> fingerprint,
            Optional<String> error) {
        this(jobId, queue, type, state, tag, tenant, fingerprint, error, Optional.empty());
    }

    public HistoryFilter {
        requireShort("group", group);
        requireShort("id", jobId);
        requireShort("queue", queue);
        requireShort("type", type);
        requireShort("tag", tag);
        requireShort("tenant", tenant);
        requireShort("error", error);
        fingerprint.ifPresent(value -> {
            if (!ErrorFingerprint.isOne(value)) {
                throw new InvalidHistoryQueryException("fingerprint", "must be 16 hexadecimal digits");
            }
        });
        error.ifPresent(text -> {
            if (text.strip().length() < MIN_ERROR) {
                throw new InvalidHistoryQueryException("error", "must be at least " + MIN_ERROR + " characters");
            }
        });
    }

    public static HistoryFilter ofJob(String jobId) {
        return new HistoryFilter(
                Optional.of(jobId),
                NONE.queue(),
                NONE.type(),
                NONE.state(),
                NONE.tag(),
                NONE.tenant(),
                NONE.fingerprint(),
                NONE.error());
    }

    private static void requireShort(String field, Optional<String> value) {
        value.ifPresent(text -> {
            if (text.isBlank() || text.length() > MAX_TEXT) {
                throw new InvalidHistoryQueryException(field, "must be 1 to " + MAX_TEXT + " characters");
            }
            if (text.indexOf('\0') >= 0) {
                throw new InvalidHistoryQueryException(field, "must not hold a NUL character");
            }
        });
    }
}
