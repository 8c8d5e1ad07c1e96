package io.penstock.common.batch;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
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
 * @param config an object that its handler is told with every item; null: an empty one
 * @param callbacks jobs for its end; null: none
 * @param followedBy the batch that is made when this one has ended without a failed item; null: none
 */
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
        @Nullable JsonNode config,
        @Nullable BatchCallbacks callbacks,
        @Nullable BatchSpec followedBy) {

    /**
     * Numbers from and to, both included.
     *
     * @param from null: missing, which is refused
     * @param to likewise
     */
    public record Range(@Nullable Long from, @Nullable Long to) {}

    /** A batch of this type with the type's settings, to be given items. */
    public static BatchSpec of(BatchType<?> type) {
        return builder(type.name()).build();
    }

    public static Builder builder(@Nullable String type) {
        return new Builder(type);
    }

    /** The same, to be changed. */
    public Builder toBuilder() {
        return new Builder(type)
                .name(name)
                .tenant(tenant)
                .items(items)
                .range(range)
                .open(open)
                .chunkSize(chunkSize)
                .adaptive(adaptive)
                .concurrency(concurrency)
                .priority(priority)
                .startAt(startAt)
                .conflict(conflict)
                .config(config)
                .callbacks(callbacks)
                .followedBy(followedBy);
    }

    private BatchSpec with(UnaryOperator<Builder> change) {
        return change.apply(toBuilder()).build();
    }

    public BatchSpec withItems(List<JsonNode> newItems) {
        return with(spec -> spec.items(newItems).range(null));
    }

    public BatchSpec withRange(long from, long to) {
        return with(spec -> spec.items(null).range(new Range(from, to)));
    }

    /** More items follow. */
    public BatchSpec opened() {
        return with(spec -> spec.open(true));
    }

    public BatchSpec named(String newName) {
        return with(spec -> spec.name(newName));
    }

    public BatchSpec ofTenant(String newTenant) {
        return with(spec -> spec.tenant(newTenant));
    }

    /** Chunks of this size all along. */
    public BatchSpec withFixedChunks(int size) {
        return with(spec -> spec.chunkSize(size).adaptive(false));
    }

    public BatchSpec withConcurrency(int newConcurrency) {
        return with(spec -> spec.concurrency(newConcurrency));
    }

    public BatchSpec withConflict(ConflictStrategy strategy) {
        return with(spec -> spec.conflict(strategy.wire()));
    }

    /** An object that the handler is told with every item. */
    public BatchSpec withConfig(JsonNode newConfig) {
        return with(spec -> spec.config(newConfig));
    }

    public BatchSpec withCallbacks(BatchCallbacks newCallbacks) {
        return with(spec -> spec.callbacks(newCallbacks));
    }

    public BatchSpec then(BatchSpec next) {
        return with(spec -> spec.followedBy(next));
    }

    /** Puts a request together, field by field. What is left out, or null, has its default. */
    public static final class Builder {

        private final @Nullable String type;
        private @Nullable String name;
        private @Nullable String tenant;
        private @Nullable List<JsonNode> items;
        private @Nullable Range range;
        private @Nullable Boolean open;
        private @Nullable Integer chunkSize;
        private @Nullable Boolean adaptive;
        private @Nullable Integer concurrency;
        private @Nullable Integer priority;
        private @Nullable Instant startAt;
        private @Nullable String conflict;
        private @Nullable JsonNode config;
        private @Nullable BatchCallbacks callbacks;
        private @Nullable BatchSpec followedBy;

        private Builder(@Nullable String type) {
            this.type = type;
        }

        public Builder name(@Nullable String value) {
            name = value;
            return this;
        }

        public Builder tenant(@Nullable String value) {
            tenant = value;
            return this;
        }

        public Builder items(@Nullable List<JsonNode> value) {
            items = value;
            return this;
        }

        public Builder range(@Nullable Range value) {
            range = value;
            return this;
        }

        public Builder open(@Nullable Boolean value) {
            open = value;
            return this;
        }

        public Builder chunkSize(@Nullable Integer value) {
            chunkSize = value;
            return this;
        }

        public Builder adaptive(@Nullable Boolean value) {
            adaptive = value;
            return this;
        }

        public Builder concurrency(@Nullable Integer value) {
            concurrency = value;
            return this;
        }

        public Builder priority(@Nullable Integer value) {
            priority = value;
            return this;
        }

        public Builder startAt(@Nullable Instant value) {
            startAt = value;
            return this;
        }

        public Builder conflict(@Nullable String value) {
            conflict = value;
            return this;
        }

        public Builder config(@Nullable JsonNode value) {
            config = value;
            return this;
        }

        public Builder callbacks(@Nullable BatchCallbacks value) {
            callbacks = value;
            return this;
        }

        public Builder followedBy(@Nullable BatchSpec value) {
            followedBy = value;
            return this;
        }

        public BatchSpec build() {
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
                    config,
                    callbacks,
                    followedBy);
        }
    }
}
