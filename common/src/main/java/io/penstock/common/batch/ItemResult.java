package io.penstock.common.batch;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of one item.
 *
 * @param status completed, failed or skipped
 * @param error why it failed or was skipped; null: it completed
 * @param target what it was about; null: not told
 * @param original the target as it was before, written as JSON; null: not kept
 * @param more items that the batch is to have besides, added if and when this result is recorded
 * @param conflict the item met a conflict, see {@link ConflictStrategy}
 */
public record ItemResult(
        ItemStatus status,
        @Nullable String error,
        @Nullable Target target,
        @Nullable Object original,
        List<?> more,
        boolean conflict) {

    /** Items that one result may add. */
    public static final int MAX_MORE = 1_000;

    /** What an item was about. */
    public record Target(String type, String id) {}

    public ItemResult {
        Objects.requireNonNull(status, "status");
        more = List.copyOf(more);
        if (more.size() > MAX_MORE) {
            throw new IllegalArgumentException("a result may add at most " + MAX_MORE + " items");
        }
    }

    public static ItemResult completed() {
        return new ItemResult(ItemStatus.COMPLETED, null, null, null, List.of(), false);
    }

    /** There was nothing to be done. */
    public static ItemResult skipped(String why) {
        return new ItemResult(ItemStatus.SKIPPED, Objects.requireNonNull(why), null, null, List.of(), false);
    }

    public static ItemResult failed(String why) {
        return new ItemResult(ItemStatus.FAILED, Objects.requireNonNull(why), null, null, List.of(), false);
    }

    /** Something stands against it; the batch's strategy decides what that means. */
    public static ItemResult conflict(String why) {
        return new ItemResult(ItemStatus.FAILED, Objects.requireNonNull(why), null, null, List.of(), true);
    }

    public ItemResult of(String targetType, String targetId) {
        return new ItemResult(status, error, new Target(targetType, targetId), original, more, conflict);
    }

    public ItemResult withOriginal(Object value) {
        return new ItemResult(status, error, target, value, more, conflict);
    }

    public ItemResult adding(List<?> items) {
        return new ItemResult(status, error, target, original, items, conflict);
    }
}
