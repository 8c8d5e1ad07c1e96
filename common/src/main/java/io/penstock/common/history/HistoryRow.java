package io.penstock.common.history;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One end of a job, or one failed attempt.
 *
 * @param state a word of {@link HistoryState}, or of a newer version's
 * @param attempt which attempt ended, 1 for the first; 0: none had started
 * @param stalls how often the job had lost its worker
 * @param tenant null: none
 * @param startedAt null: the job ended without having started, or no worker told of its end
 * @param endedAt when its end was stored, by the clock of the worker or, where no worker told of it, of the queue's store
 * @param waitMs from ready to start; null: it did not start
 * @param runMs from start to the handler's end; null: it did not start
 * @param worker id of the worker that ran it last; null: none did, or it is not known
 * @param fingerprint see {@link ErrorFingerprint}; null where there is no error, and before the row is written
 * @param error null: it ended well
 * @param result JSON text; null: none, or too large
 * @param payload JSON text; null: not kept, or too large
 * @param shortened the error was shortened, or result or payload left out, because of their size
 */
public record HistoryRow(
        String jobId,
        String queue,
        String type,
        String state,
        int attempt,
        int maxAttempts,
        int stalls,
        int priority,
        @Nullable String tenant,
        List<String> tags,
        Instant enqueuedAt,
        @Nullable Instant startedAt,
        Instant endedAt,
        @Nullable Long waitMs,
        @Nullable Long runMs,
        @Nullable String worker,
        @Nullable String fingerprint,
        @Nullable String error,
        @Nullable String result,
        @Nullable String payload,
        boolean shortened) {

    /** What a row takes besides its texts, roughly. */
    private static final int FRAME = 600;

    /** False: an attempt failed, and the job went on. */
    public boolean isEnd() {
        return !state.equals(HistoryState.FAILED.wire());
    }

    /** Characters in memory, roughly. */
    public int weight() {
        return FRAME + length(error) + length(result) + length(payload);
    }

    /** The row without the texts that came from outside: what is left when the database refuses one of them. */
    public HistoryRow bare() {
        return new HistoryRow(
                jobId,
                queue,
                type,
                state,
                attempt,
                maxAttempts,
                stalls,
                priority,
                null,
                List.of(),
                enqueuedAt,
                startedAt,
                endedAt,
                waitMs,
                runMs,
                worker,
                fingerprint,
                error == null ? null : "the database did not take the text of this error",
                null,
                null,
                true);
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
