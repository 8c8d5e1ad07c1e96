package io.penstock.api.overview;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** From when on the overview calls something a problem, under {@code penstock.overview}. */
@ConfigMapping(prefix = "penstock.overview")
public interface OverviewConfig {

    /** A queue whose oldest ready job has waited for longer is a problem. */
    @WithDefault("2m")
    Duration oldestWait();

    /** A schedule that was not fired so long after it was due is a problem. */
    @WithDefault("1m")
    Duration schedulerLate();

    /** So many failed runs of a schedule in a row are a problem. */
    @WithDefault("3")
    int failingRuns();

    /** A row that has waited in the outbox for longer is a problem. */
    @WithDefault("1m")
    Duration outboxLag();

    /** An end that a worker has not written to the history for so long is a problem. */
    @WithDefault("1m")
    Duration historyLag();

    /** A Redis server with more of its maxmemory in use is a problem, in percent. */
    @WithDefault("80")
    int redisMemoryPercent();

    /** A worker whose clock differs more from Redis's is a problem. */
    @WithDefault("1s")
    Duration clockSkew();

    /** One error that makes up so much of the failures of the last ten minutes is a problem, in percent. */
    @WithDefault("50")
    int errorSharePercent();

    /** Fewer failures in ten minutes than these say nothing. */
    @WithDefault("20")
    int errorLeast();

    /** A new version of the workers is told of for so long. */
    @WithDefault("15m")
    Duration deploymentTold();

    /** A listener of the live feed that has taken nothing for so long is cut off. */
    @WithDefault("1m")
    Duration listenerPatience();

    /** By queue name, where one differs from the others. */
    Map<String, Queue> queue();

    /** Bounds of one queue. */
    interface Queue {

        /** The bound of this queue; absent: the one for every queue. */
        Optional<Duration> oldestWait();
    }

    /** The bound of a queue. */
    default Duration oldestWaitOf(String queue) {
        Queue own = queue().get(queue);
        return own == null ? oldestWait() : own.oldestWait().orElse(oldestWait());
    }
}
