package io.penstock.scheduler;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of the scheduler as a whole, under {@code penstock.scheduler}. */
@ConfigMapping(prefix = "penstock.scheduler")
public interface SchedulerConfig {

    /** Off: this process serves its health and metrics and fires nothing. */
    @WithDefault("true")
    boolean enabled();

    /** Time between two looks at the table. Expressions are exact to the second, so less gains nothing. */
    @WithDefault("1s")
    Duration tick();

    /** Schedules claimed in one transaction. More: fewer round trips, longer locks. */
    @WithDefault("200")
    int batch();

    /** An instant older than this when it is found was missed: the misfire policy decides. Younger ones are only late. */
    @WithDefault("30s")
    Duration misfireAfter();

    /** The most instants that {@code fire_all} makes up for, the latest ones. */
    @WithDefault("10")
    int fireAllLimit();

    /** The most runs of one schedule that wait for their predecessor; further ones are skipped. */
    @WithDefault("10")
    int heldLimit();

    /** A claimed instant without a job after this time was left behind by a scheduler that died. */
    @WithDefault("5s")
    Duration claimLease();

    /**
     * How long the queue remembers which instants it has accepted, so that none is accepted twice, even after its job has
     * ended. Several times {@link #claimLease()}. Costs about 130 bytes of Redis per instant meanwhile.
     */
    @WithDefault("5m")
    Duration dedupRetention();

    /** A tick that takes longer is given up, and the next one begins. */
    @WithDefault("20s")
    Duration tickTimeout();

    /** No tick has ended for so long: the process is not alive. Longer than {@link #tickTimeout()}. */
    @WithDefault("45s")
    Duration stuckAfter();

    /** How long a stop waits for the tick that runs. */
    @WithDefault("10s")
    Duration stopGrace();

    /** How long the execution log keeps an instant. */
    @WithDefault("30d")
    Duration logRetention();

    Alert alert();

    /** When schedules raise alerts. An instant that was missed always does. */
    interface Alert {

        /** An instant whose job came to the queue later than this was late. */
        @WithDefault("10s")
        Duration lateAfter();

        /** So many runs of a schedule that failed, one after the other. */
        @WithDefault("3")
        int failuresInRow();
    }
}
