package io.penstock.common.queue;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What is kept of what jobs say while they run, under {@code penstock.reports}. */
@ConfigMapping(prefix = "penstock.progress")
public interface ProgressConfig {

    /** How long progress and log lines can be read after the last of them. */
    @WithDefault("24h")
    Duration keep();

    /** Lines that are kept of one job; the oldest go. */
    @WithDefault("1000")
    int maxLines();

    /** Characters of a line; the rest is cut off. */
    @WithDefault("2000")
    int maxLineLength();

    /** The shortest time between two writes for one job. Longer: fewer writes, older progress. */
    @WithDefault("250ms")
    Duration writeInterval();

    /** Jobs of one queue in a worker whose words may wait to be written; what others say meanwhile is dropped and counted. */
    @WithDefault("10000")
    int maxWaiting();
}
