package io.penstock.api.jobs;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Callers that wait for results, under {@code penstock.results}. */
@ConfigMapping(prefix = "penstock.results")
public interface ResultConfig {

    /** Callers that may wait at once in this process; more are answered at once with the state of their job. */
    @WithDefault("1000")
    int maxWaiting();

    /** The longest a call may wait. Keep it below the idle time-out of connections and load balancers. */
    @WithDefault("60s")
    Duration maxWait();

    /**
     * How often a waiting caller's job is looked at, besides when its end is announced. The end of a job without {@code
     * keepResultMs} is not announced, so that its callers learn of it this late.
     */
    @WithDefault("2s")
    Duration pollInterval();
}
