package io.penstock.common.batch;

import io.penstock.common.job.JobOptions;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One kind of batch: its name, what its items are, and how they are worked off unless a batch says otherwise.
 *
 * <p>Producers and handlers share the constant:
 * <pre>{@code
 * BatchType<Isbn> PRICES = BatchType.of("shop.prices", Isbn.class).chunkSize(20).pause(Duration.ofSeconds(1));
 * }</pre>
 *
 * @param name unique in the deployment; lower case letters, digits, {@code . _ -}, at most 80 characters
 * @param itemClass what the JSON of an item is read into; {@code Long} for batches over a range of numbers
 * @param chunkSize items that are handed out at once at first, 1 to {@link #MAX_CHUNK}
 * @param itemsAtOnce items of one chunk that run at once, 1 to 50
 * @param pause between the starts of two items of a chunk, for an upstream that is limited; zero: none
 * @param itemTimeout how long one item may take
 * @param tries how often an item that fails is tried in all, 1 to {@link #MAX_TRIES}; in vain with a handler that is transactional
 */
public record BatchType<I>(
        String name,
        Class<I> itemClass,
        int chunkSize,
        int itemsAtOnce,
        Duration pause,
        Duration itemTimeout,
        int tries) {

    public static final int DEFAULT_CHUNK = 50;
    public static final int MAX_CHUNK = 100;
    public static final int DEFAULT_ITEMS_AT_ONCE = 5;
    public static final int MAX_AT_ONCE = 50;
    public static final int MAX_TRIES = 100;

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9._-]{0,79}");
    private static final Duration DEFAULT_ITEM_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration MAX_PAUSE = Duration.ofMinutes(1);

    public BatchType {
        Objects.requireNonNull(itemClass, "itemClass");
        require(NAME.matcher(name).matches(), "name must match " + NAME.pattern());
        require(chunkSize >= 1 && chunkSize <= MAX_CHUNK, "chunkSize must be between 1 and " + MAX_CHUNK);
        require(itemsAtOnce >= 1 && itemsAtOnce <= MAX_AT_ONCE, "itemsAtOnce must be between 1 and " + MAX_AT_ONCE);
        require(!pause.isNegative() && pause.compareTo(MAX_PAUSE) <= 0, "pause must be between 0 and " + MAX_PAUSE);
        require(
                itemTimeout.toMillis() >= 1 && itemTimeout.compareTo(JobOptions.MAX_TIMEOUT) <= 0,
                "itemTimeout must be between 1 ms and " + JobOptions.MAX_TIMEOUT);
        require(tries >= 1 && tries <= MAX_TRIES, "tries must be between 1 and " + MAX_TRIES);
    }

    public static <I> BatchType<I> of(String name, Class<I> itemClass) {
        return new BatchType<>(
                name, itemClass, DEFAULT_CHUNK, DEFAULT_ITEMS_AT_ONCE, Duration.ZERO, DEFAULT_ITEM_TIMEOUT, 1);
    }

    public BatchType<I> chunkSize(int newSize) {
        return new BatchType<>(name, itemClass, newSize, itemsAtOnce, pause, itemTimeout, tries);
    }

    public BatchType<I> itemsAtOnce(int newCount) {
        return new BatchType<>(name, itemClass, chunkSize, newCount, pause, itemTimeout, tries);
    }

    /** Items of a chunk then run one after the other. */
    public BatchType<I> pause(Duration newPause) {
        return new BatchType<>(name, itemClass, chunkSize, itemsAtOnce, newPause, itemTimeout, tries);
    }

    public BatchType<I> itemTimeout(Duration newTimeout) {
        return new BatchType<>(name, itemClass, chunkSize, itemsAtOnce, pause, newTimeout, tries);
    }

    /**
     * An item that fails comes again after the others of its chunk, and has failed when it has failed so often; at once with an
     * {@link io.penstock.common.job.UnrecoverableJobException}.
     */
    public BatchType<I> tries(int newTries) {
        return new BatchType<>(name, itemClass, chunkSize, itemsAtOnce, pause, itemTimeout, newTries);
    }

    private static void require(boolean holds, String reason) {
        if (!holds) {
            throw new IllegalArgumentException("batch type: " + reason);
        }
    }
}
