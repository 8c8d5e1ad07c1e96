package io.penstock.common.batch;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for with a new batch; also how {@code followedBy} is stored.
 *
 * @param type name of the batch type
 * @param name for people, at most 200 characters
 * @param tenant whose work it is
 * @param items the items, or the first of them; null with {@code range}, and where all come later
 * @param range numbers that are the items; null: {@code items}
 * @param open true: more items follow, and the batch does not end before it is sealed; default false
 * @param chunkSize items handed out at once, 1 to 100; null: the type's
 * @param adaptive whether the size of chunks changes with backlog and errors; null: true
 * @param concurrency chunks at once, 1 to 50; null: 5
 * @param priority 0 to 10, 10 first; null: 0
 * @param startAt not before; null: now
 * @param conflict null: skip
 * @param callbacks jobs for its end; null: none
 * @param followedBy the batch that is made when this one has ended without a failed item; null: none
 */
@RegisterForReflection
public record BatchSpec(
        @Nullable String type,
        @Nullable String name,
        @Nullable String tenant,
        @Nullable List<JsonNode> items,
        @Nullable Range range,
        @Nullable Boolean open,
        @Nullable Integer chunkSize,
        @Nullable Boolean adaptive,
        @Nullable Integer concurrency,
        @Nullable Integer priority,
        @Nullable Instant startAt,
        @Nullable String conflict,
        @Nullable BatchCallbacks callbacks,
        @Nullable BatchSpec followedBy) {

    /**
     * Numbers from and to, both included.
     *
     * @param from null: missing, which is refused
     * @param to likewise
     */
    @RegisterForReflection
    public record Range(@Nullable Long from, @Nullable Long to) {}

    /** A batch of this type with the type's settings, to be given items. */
    public static BatchSpec of(BatchType<?> type) {
        return new BatchSpec(type.name(), null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    public BatchSpec withItems(List<JsonNode> newItems) {
        return new BatchSpec(
                type,
                name,
                tenant,
                newItems,
                null,
                open,
                chunkSize,
                adaptive,
                concurrency,
                priority,
                startAt,
                conflict,
                callbacks,
                followedBy);
    }

    public BatchSpec withRange(long from, long to) {
        return new BatchSpec(
                type,
                name,
                tenant,
                null,
                new Range(from, to),
                open,
                chunkSize,
                adaptive,
                concurrency,
                priority,
                startAt,
                conflict,
                callbacks,
                followedBy);
    }

    /** More items follow. */
    public BatchSpec opened() {
        return new BatchSpec(
                type,
                name,
                tenant,
                items,
                range,
                true,
                chunkSize,
                adaptive,
                concurrency,
                priority,
                startAt,
                conflict,
                callbacks,
                followedBy);
    }

    public BatchSpec named(String newName) {
        return new BatchSpec(
                type,
                newName,
                tenant,
                items,
                range,
                open,
                chunkSize,
                adaptive,
                concurrency,
                priority,
                startAt,
                conflict,
                callbacks,
                followedBy);
    }

    public BatchSpec ofTenant(String newTenant) {
        return new BatchSpec(
                type,
                name,
                newTenant,
                items,
                range,
                open,
                chunkSize,
                adaptive,
                concurrency,
                priority,
                startAt,
                conflict,
                callbacks,
                followedBy);
    }

    /** Chunks of this size all along. */
    public BatchSpec withFixedChunks(int size) {
        return new BatchSpec(
                type,
                name,
                tenant,
                items,
                range,
                open,
                size,
                false,
                concurrency,
                priority,
                startAt,
                conflict,
                callbacks,
                followedBy);
    }

    public BatchSpec withConcurrency(int newConcurrency) {
        return new BatchSpec(
                type,
                name,
                tenant,
                items,
                range,
                open,
                chunkSize,
                adaptive,
                newConcurrency,
                priority,
                startAt,
                conflict,
                callbacks,
                followedBy);
    }

    public BatchSpec withConflict(ConflictStrategy strategy) {
        return new BatchSpec(
                type,
                name,
                tenant,
                items,
                range,
                open,
                chunkSize,
                adaptive,
                concurrency,
                priority,
                startAt,
                strategy.wire(),
                callbacks,
                followedBy);
    }

    public BatchSpec withCallbacks(BatchCallbacks newCallbacks) {
        return new BatchSpec(
                type,
                name,
                tenant,
                items,
                range,
                open,
                chunkSize,
                adaptive,
                concurrency,
                priority,
                startAt,
                conflict,
                newCallbacks,
                followedBy);
    }

    public BatchSpec then(BatchSpec next) {
        return new BatchSpec(
                type,
                name,
                tenant,
                items,
                range,
                open,
                chunkSize,
                adaptive,
                concurrency,
                priority,
                startAt,
                conflict,
                callbacks,
                next);
    }
}
