package io.penstock.worker.run;

import java.time.Duration;
import java.util.List;

/** Loops outside the queues without which this worker does no good. The liveness probe asks every bean of this kind. */
public interface MonitoredLoops {

    /**
     * Those that get nowhere. Must not block; from any thread.
     *
     * @param limit no turn has ended, or none well, for so long
     */
    List<StuckLoop> stuckLoops(Duration limit);
}
