package io.penstock.common.operations;

import io.penstock.common.queue.JobAdmin;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something an operator asked to be done to many jobs, and how far it is.
 *
 * @param children what retried parents do about their children
 * @param frozenAt when the filter was given, by the clock that jobs are accepted by
 * @param progress what was done so far
 * @param position where the next chunk begins; empty: at the first job
 * @param step counts the chunks
 * @param requestedBy id of the key that asked for it
 * @param error why it failed, else null
 * @param finishedAt null while it runs
 */
public record BulkOperation(
        UUID id,
        BulkAction action,
        BulkFilter filter,
        JobAdmin.Children children,
        Instant frozenAt,
        State state,
        Progress progress,
        Optional<BulkScan.Position> position,
        long step,
        String requestedBy,
        String requestedByName,
        @Nullable String error,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant finishedAt) {

    /** True while it runs and nobody has gone on from where {@code seen} is. */
    boolean isAtStepOf(BulkOperation seen) {
        return state == State.RUNNING && step == seen.step;
    }

    /** Where an operation is. */
    public enum State {
        RUNNING,
        COMPLETED,
        ABORTED,
        FAILED;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * How many jobs. What a worker did to a chunk and could not store before it was killed is not counted.
     *
     * @param examined were compared with the filter; one that moves on meanwhile may be counted twice
     * @param done were changed; a running job that was asked to stop counts
     * @param skipped had moved on when their turn came
     * @param failed could not be changed for another reason
     */
    @RegisterForReflection
    public record Progress(long examined, long done, long skipped, long failed) {

        static final Progress NONE = new Progress(0, 0, 0, 0);

        Progress plus(Progress other) {
            return new Progress(
                    examined + other.examined, done + other.done, skipped + other.skipped, failed + other.failed);
        }
    }
}
