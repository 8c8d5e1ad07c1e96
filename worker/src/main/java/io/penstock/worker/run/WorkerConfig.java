package io.penstock.worker.run;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** How this worker process works, under {@code penstock.worker}. */
@ConfigMapping(prefix = "penstock.worker")
public interface WorkerConfig {

    /** Name of this process among the workers; absent: host name, process id and a random part. */
    Optional<String> id();

    /** The queues this worker serves; absent: every queue that a handler's job type waits in. */
    Optional<List<String>> queues();

    /**
     * Jobs this worker runs at once in all its queues together, at least 1; absent: only the queues' own concurrency
     * counts, which stays an upper bound in any case.
     */
    OptionalInt slots();

    /** How the queues share {@link #slots} while they have more jobs than that. */
    @WithDefault("weighted")
    Sharing sharing();

    /** How long a claim stays ours without renewal. Longer: slower rescue. Shorter: more renewals. At least 1 s; the same in all workers. */
    @WithDefault("30s")
    Duration lease();

    /**
     * How long an idle claim waits in Redis before it asks again; no longer than a third of {@link #lease}. Six times as long
     * without a job, and a queue waits together with the worker's others over one connection.
     */
    @WithDefault("5s")
    Duration claimWait();

    /**
     * How far a queue claims ahead of its free slots: as many jobs as it is expected to start within this time, judged by
     * how long the latest ones ran, and no more than 200 in one claim. Longer: less work for Redis where jobs are quick. Shorter: a job waits less
     * for this worker while another is idle. Zero: a job is claimed when a slot is free. Queues with a rate limit or a global
     * concurrency, and queues that share {@link #slots}, do not claim ahead.
     */
    @WithDefault("5ms")
    Duration prefetch();

    /** How long running jobs may go on after the order to stop; the rest is handed back. Keep below the platform's own limit. */
    @WithDefault("20s")
    Duration drainGrace();

    /** How often this worker looks whether jobs it runs were cancelled, a short command per queue partition where it runs any. */
    @WithDefault("500ms")
    Duration cancelPollInterval();

    /** How late a delayed job may start where many are due one after the other, or where the worker does not hear of them. */
    @WithDefault("250ms")
    Duration promoteInterval();

    /** How often lost jobs are looked for, at least once a second. One worker does it for each queue partition. */
    @WithDefault("1s")
    Duration rescueInterval();

    /** How often consumers of long-gone workers are forgotten. */
    @WithDefault("10m")
    Duration consumerCleanupInterval();

    /**
     * A loop that has not come round for so long, or has only failed for so long while Redis answers, fails the liveness
     * probe. At least twice what one claim may take: {@link #claimWait} + 3 s + {@code penstock.redis.deadline}.
     */
    @WithDefault("30s")
    Duration stuckAfter();

    /**
     * How often this process says that it lives and hears what operators want of it, one command each. After 10 s of silence it
     * counts as lost, so keep it below 5 s.
     */
    @WithDefault("2s")
    Duration heartbeatInterval();
}
