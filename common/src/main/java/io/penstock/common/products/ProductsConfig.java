package io.penstock.common.products;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.time.ZoneId;

/** Settings of product monitoring, under {@code penstock.products}. Must be the same in all processes. */
@ConfigMapping(prefix = "penstock.products")
public interface ProductsConfig {

    /** Time zone of the schedules that ship. An operator may change that of each schedule besides. */
    @WithDefault("Asia/Taipei")
    ZoneId zone();

    /** An update does not read a product that was read so short a while ago. Less than an hour, or hourly updates skip hours. */
    @WithDefault("50m")
    Duration freshness();

    /** The same for batches of updates. */
    @WithDefault("4h")
    Duration batchFreshness();

    /** The same where one product is asked for by itself: a double click does not cost two calls. */
    @WithDefault("1m")
    Duration syncFreshness();

    /** A job that reads a product has it for itself for so long; after that another one may. Longer than a job needs. */
    @WithDefault("30m")
    Duration claim();

    /** Pages for robots that a product may be answered with in a row before it is left alone until its next update. */
    @WithDefault("5")
    int blockedTimes();

    Anomalies anomalies();

    History history();

    /** When something that moved is told again. */
    interface Anomalies {

        /** A value that has stayed out of the normal for so long is the new normal. */
        @WithDefault("1d")
        Duration settle();

        /** What has come back to the normal and goes out of it again within so long is not told again. */
        @WithDefault("6h")
        Duration quiet();

        /** The time over which reviews are counted, for a surge. */
        @WithDefault("1d")
        Duration reviewWindow();

        /** Reviews that must have come within that time, at least: 1 review more than 2 is no surge. */
        @WithDefault("10")
        int reviewsAtLeast();
    }

    /** How long history is kept. Whole months are dropped at once. */
    interface History {

        /** Every single reading. */
        @WithDefault("90d")
        Duration readings();

        /** One row for each day, with the least and the greatest value. */
        @WithDefault("1095d")
        Duration days();
    }
}
