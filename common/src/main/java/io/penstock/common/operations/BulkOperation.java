package io.penstock.common.operations;

import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchStatus;
import io.penstock.common.queue.JobAdmin;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something an operator asked to be done to many jobs, and how far it is.
 *
 * @param id of its batch
 * @param children what retried parents do about their children
 * @param frozenAt when the filter was given, by the clock that jobs are accepted by
 * @param progress what was done so far
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
        String requestedBy,
        String requestedByName,
        @Nullable String error,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant finishedAt) {

    static BulkOperation of(Batch batch) {
        BulkOrder order = BulkOrder.of(batch.config());
        State state = stateOf(batch.status());
        return new BulkOperation(
                batch.id(),
                order.action(),
                order.filter(),
                order.children(),
                order.frozenAt(),
                state,
                Progress.of(batch.result()),
                batch.createdBy(),
                batch.createdByName(),
                state == State.FAILED && !batch.errors().isEmpty()
                        ? batch.errors().get(0).sample()
                        : null,
                batch.madeAt(),
                batch.times().updatedAt(),
                batch.times().finishedAt());
    }

    private static State stateOf(BatchStatus status) {
        return switch (status) {
            case PENDING, RUNNING -> State.RUNNING;
            case COMPLETED -> State.COMPLETED;
            case CANCELLED -> State.ABORTED;
            case PARTIAL_SUCCESS, FAILED -> State.FAILED;
        };
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
     * How many jobs. What a worker did to a page and could not store before it was killed is not counted.
     *
     * @param examined were compared with the filter; one that moves on meanwhile may be counted twice
     * @param done were changed; a running job that was asked to stop counts
     * @param skipped had moved on when their turn came
     * @param failed could not be changed for another reason
     */
    public record Progress(long examined, long done, long skipped, long failed) {

        static final Progress NONE = new Progress(0, 0, 0, 0);

        static Progress of(Map<String, Long> counted) {
            return new Progress(
                    counted.getOrDefault("examined", 0L),
                    counted.getOrDefault("done", 0L),
                    counted.getOrDefault("skipped", 0L),
                    counted.getOrDefault("failed", 0L));
        }

        /** As its batch counts it. */
        public Map<String, Long> counted() {
            return Map.of("examined", examined, "done", done, "skipped", skipped, "failed", failed);
        }

        Progress plus(Progress other) {
            return new Progress(
                    examined + other.examined, done + other.done, skipped + other.skipped, failed + other.failed);
        }
    }
}
