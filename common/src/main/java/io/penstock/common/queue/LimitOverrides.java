package io.penstock.common.queue;

import java.util.Map;

/**
 * What operators have decided of the limits of all queues.
 *
 * @param version grows with each change
 * @param byQueue queues of which nobody has ever changed anything are not among them
 */
public record LimitOverrides(long version, Map<String, LimitOverride> byQueue) {

    public static final LimitOverrides NONE = new LimitOverrides(0, Map.of());

    public LimitOverrides {
        byQueue = Map.copyOf(byQueue);
    }
}
