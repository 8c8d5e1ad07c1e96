package io.penstock.worker.observe;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;

/** When a job counts as slow, under {@code penstock.slow-jobs}. */
@ConfigMapping(prefix = "penstock.slow-jobs")
interface LongRunningConfig {

    /** A job that runs for longer is shown as slow. */
    @WithDefault("60s")
    Duration slowAfter();

    /** By queue name, where jobs usually take longer, or must not. */
    Map<String, Queue> queue();

    /** One queue. */
    interface Queue {

        /** The bound of this queue. */
        Duration slowAfter();
    }
}
