package io.penstock.common.monitor;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Bounds of the rules that raise alerts every minute, under {@code penstock.monitor}. Each ends a tenth below its bound. */
@ConfigMapping(prefix = "penstock.monitor")
public interface MonitorConfig {

    /** More batches that are due and that nobody has begun raise an alert. */
    @WithDefault("100")
    long maxBatchBacklog();

    /** A pool of one process that had more than this share of its connections in use in the last two minutes raises an alert. */
    @WithDefault("0.9")
    double maxPoolUse();

    /** Redis using more than this share of the memory it may have raises an alert. */
    @WithDefault("0.8")
    double maxRedisMemory();

    /** A path that took longer in the mean of the last five minutes raises an alert, once it was asked for 20 times. */
    @WithDefault("2s")
    Duration maxAnswerTime();
}
