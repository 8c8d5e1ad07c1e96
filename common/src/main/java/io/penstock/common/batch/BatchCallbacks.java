package io.penstock.common.batch;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is enqueued when a batch ends.
 *
 * @param onComplete when it ended, whichever way but cancelled; null: nothing
 * @param onSuccess when no item failed; null: nothing
 * @param onFailure when an item failed; null: nothing
 */
public record BatchCallbacks(
        @Nullable BatchCallback onComplete, @Nullable BatchCallback onSuccess, @Nullable BatchCallback onFailure) {

    public static final BatchCallbacks NONE = new BatchCallbacks(null, null, null);

    /** When a callback is due. */
    public enum Event {
        COMPLETE,
        SUCCESS,
        FAILURE;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public @Nullable BatchCallback of(Event event) {
        return switch (event) {
            case COMPLETE -> onComplete;
            case SUCCESS -> onSuccess;
            case FAILURE -> onFailure;
        };
    }
}
