package io.penstock.common.history;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How the history is written and kept, under {@code penstock.history}. What is kept of which queue is the queue's policy. */
@ConfigMapping(prefix = "penstock.history")
public interface HistoryConfig {

    /** How long rows are kept, in whole days; a day beyond is dropped as a whole. The same in all workers. */
    @WithDefault("30d")
    Duration retention();

    /** Days to come whose partitions exist. A day without one costs the first batch of that day a few milliseconds. */
    @WithDefault("3")
    int daysAhead();

    /** How often days to come are created and old ones dropped. */
    @WithDefault("1h")
    Duration maintenanceInterval();

    /** Rows that wait to be written, at most. Beyond, the queues that keep a history claim no more jobs until there is room. */
    @WithDefault("10000")
    int bufferRows();

    /** Memory for the texts of rows that wait, roughly; the same happens beyond it as beyond {@link #bufferRows()}. */
    @WithDefault("32M")
    MemorySize bufferSize();

    /** Rows of one statement. */
    @WithDefault("500")
    int batch();

    /** How long a row waits for others. With PostgreSQL at hand, a crash loses the rows of this time. */
    @WithDefault("500ms")
    Duration flushInterval();

    /** A batch that is not answered by then is written again; rows that were stored are not doubled. */
    @WithDefault("10s")
    Duration writeDeadline();

    /** How long a stop waits until all rows are written. Added to the worker's drain grace. */
    @WithDefault("5s")
    Duration stopGrace();

    /** Characters of an error that are kept, at least 4,096: fingerprints look at so many. */
    @WithDefault("8192")
    int errorLimit();

    /** A result of more characters of JSON is left out. */
    @WithDefault("8192")
    int resultLimit();

    /** A payload of more characters of JSON is left out; it is kept only where the queue says so. */
    @WithDefault("8192")
    int payloadLimit();

    /** A look-up that PostgreSQL cannot answer by then is broken off. */
    @WithDefault("5s")
    Duration lookUpDeadline();
}
