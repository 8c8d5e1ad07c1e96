package io.penstock.common.batch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of one item.
 *
 * @param status completed, failed or skipped; processing: it failed, and comes again
 * @param error why it failed or was skipped; null: it completed
 * @param target what it was about; null: not told
 * @param original the target as it was before, written as JSON; null: not kept
 * @param more items that the batch is to have besides, added if and when this result is recorded
 * @param conflict the item met a conflict, see {@link ConflictStrategy}
 * @param tallies what the batch's result is to count besides, by name; those of a failed item are not counted
 */
public record ItemResult(
        ItemStatus status,
        @Nullable String error,
        @Nullable Target target,
        @Nullable Object original,
        List<?> more,
        boolean conflict,
        Map<String, Long> tallies) {

    /** Items that one result may add. */
    public static final int MAX_MORE = 1_000;

    /** What an item was about. */
    public record Target(String type, String id) {}

    public ItemResult {
        Objects.requireNonNull(status, "status");
        more = List.copyOf(more);
        tallies = Map.copyOf(tallies);
        if (more.size() > MAX_MORE) {
            throw new IllegalArgumentException("a result may add at most " + MAX_MORE + " items");
        }
    }

    public static ItemResult completed() {
        return new ItemResult(ItemStatus.COMPLETED, null, null, null, List.of(), false, Map.of());
    }

    /** There was nothing to be done. */
    public static ItemResult skipped(String why) {
        return new ItemResult(ItemStatus.SKIPPED, Objects.requireNonNull(why), null, null, List.of(), false, Map.of());
    }

    public static ItemResult failed(String why) {
        return new ItemResult(ItemStatus.FAILED, Objects.requireNonNull(why), null, null, List.of(), false, Map.of());
    }

    /** It failed, and comes again after the others of its chunk: it has no result yet. */
    public static ItemResult again(String why) {
        return new ItemResult(
                ItemStatus.PROCESSING, Objects.requireNonNull(why), null, null, List.of(), false, Map.of());
    }

    /** Something stands against it; the batch's strategy decides what that means. */
    public static ItemResult conflict(String why) {
        return new ItemResult(ItemStatus.FAILED, Objects.requireNonNull(why), null, null, List.of(), true, Map.of());
    }

    public ItemResult of(String targetType, String targetId) {
        return new ItemResult(status, error, new Target(targetType, targetId), original, more, conflict, tallies);
    }

    public ItemResult withOriginal(Object value) {
        return new ItemResult(status, error, target, value, more, conflict, tallies);
    }

    public ItemResult adding(List<?> items) {
        return new ItemResult(status, error, target, original, items, conflict, tallies);
    }

    /** Adds a number to what the batch counts under a name, such as how many rows a page had. */
    public ItemResult counting(String name, long number) {
        Map<String, Long> all = new HashMap<>(tallies);
        all.merge(name, number, Long::sum);
        return new ItemResult(status, error, target, original, more, conflict, all);
    }
}
