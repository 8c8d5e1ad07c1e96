package io.penstock.common.batch;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Batches, under {@code penstock.batch}. Must be the same in all processes. */
@ConfigMapping(prefix = "penstock.batch")
public interface BatchConfig {

    /** Items that one batch may have, ranges included. */
    @WithDefault("10000000")
    long maxItems();

    /** How long batches, their chunks and items are kept after their end. Whole days are dropped at once. */
    @WithDefault("90d")
    Duration retention();

    /** How long one job works chunks off before it lets others have its slot. A chunk that was begun is finished. */
    @WithDefault("5s")
    Duration turn();

    /** What ends items is stored at the latest so long after it happened, together with what else has ended by then. */
    @WithDefault("500ms")
    Duration storeInterval();

    /** A runner that has not been seen for so long is looked after: where its job is gone, it gets a new one. */
    @WithDefault("2m")
    Duration lostAfter();
}
