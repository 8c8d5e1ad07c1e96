package io.penstock.common.redis;

import java.util.concurrent.atomic.LongAdder;

/** How often the connections of one process to Redis were made anew, and could not be made. From any thread. */
final class ConnectionCounts {

    /** All connections of the process count together: what is lost is lost to whichever part used it. */
    static final ConnectionCounts OF_THIS_PROCESS = new ConnectionCounts();

    private final LongAdder reconnects = new LongAdder();
    private final LongAdder failures = new LongAdder();

    void reconnected() {
        reconnects.increment();
    }

    void failed() {
        failures.increment();
    }

    long reconnects() {
        return reconnects.sum();
    }

    long failures() {
        return failures.sum();
    }
}
