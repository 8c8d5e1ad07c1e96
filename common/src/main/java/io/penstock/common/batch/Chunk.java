package io.penstock.common.batch;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A chunk in the hands of a runner.
 *
 * @param number of the chunk in its batch
 * @param attempts how often it was begun, this time included
 * @param items those that have no result yet; those that failed before come last
 */
public record Chunk(UUID batchId, long number, int attempts, List<Item> items) {

    /**
     * An item to be done.
     *
     * @param item its number
     * @param json as it was given
     * @param fault why it could not be read when it came; null: it could
     * @param failures how often it was tried in vain
     */
    public record Item(long item, String json, @Nullable String fault, int failures) {

        /** Never tried. */
        public Item(long item, String json, @Nullable String fault) {
            this(item, json, fault, 0);
        }

        Item failed(int times) {
            return new Item(item, json, fault, times);
        }
    }

    /** The same with these items alone. */
    public Chunk with(List<Item> some) {
        return new Chunk(batchId, number, attempts, some);
    }
}
