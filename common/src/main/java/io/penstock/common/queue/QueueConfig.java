package io.penstock.common.queue;

import io.penstock.common.history.HistoryPolicy;
import io.penstock.common.job.RetryPolicy;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The policy of each queue, under {@code penstock.queue."<name>"}. Must be the same in every deployable: producers use
 * it to place a job, workers to find it. The queues that ship are set in {@code microprofile-config.properties}.
 */
@ConfigMapping(prefix = "penstock.queue")
public interface QueueConfig {

    /** By queue name. */
    @WithParentName
    Map<String, Queue> queues();

    /** One queue. */
    interface Queue {

        /** Jobs of this queue that one worker runs at once. More: more load on what the handlers call. */
        @WithDefault("5")
        int concurrency();

        /** Part of a worker's shared slots beside its other queues, 1 to 1000. Counts only where {@code penstock.worker.slots} is set. */
        @WithDefault("3")
        int weight();

        /** How often a job may be started before it is dead. */
        @WithDefault("3")
        int attempts();

        Backoff backoff();

        /** Completed jobs whose record is kept; 0 keeps none. More than 128 are indexed, at some 110 bytes and 2 µs of Redis each. */
        @WithDefault("100")
        int keepCompleted();

        /** Dead jobs that are kept; absent keeps all. */
        OptionalInt keepDead();

        /** Bytes of records of completed, cancelled and expired jobs that each partition keeps, the newest first. */
        @WithDefault("64M")
        MemorySize keepCompletedBytes();

        /** Bytes of dead jobs that each partition keeps, the newest first; the others can no longer be retried. */
        @WithDefault("256M")
        MemorySize keepDeadBytes();

        /** How long one attempt may run where neither job nor type says otherwise. */
        @WithDefault("15m")
        Duration timeout();

        /**
         * How often a job may lose its worker before it is dead: a job that kills workers must not go round for ever. From
         * the second time on only losses count that came while it ran. With 0 each start is noted in Redis first.
         */
        @WithDefault("3")
        int maxStalls();

        /** How many slots of the cluster the queue spreads over. Above 1 an explicit id picks its partition by hash. */
        @WithDefault("1")
        int partitions();

        /** Global limit on job starts, across all workers. */
        Optional<Limit> rateLimit();

        /** Which ends of the queue's jobs PostgreSQL keeps: none, failures, all. */
        @WithDefault("failures")
        HistoryPolicy history();

        /** Whether the history keeps payloads too. They often hold personal data. */
        @WithDefault("false")
        boolean historyPayload();

        /** Jobs of this queue that run at once in all workers together; absent: as many as the workers have slots. */
        OptionalInt globalConcurrency();

        /** A ready job that waited so long goes before jobs of higher priority; 0 keeps strict priorities for ever. */
        @WithDefault("1m")
        Duration ageing();

        Groups groups();

        /** How long a running job that is asked to stop may take before it is cut off and its result refused. */
        @WithDefault("10s")
        Duration cancelGrace();
    }

    /** How jobs with a group key share the queue. */
    interface Groups {

        /** Jobs of one group that may be ready or running at once; the others wait behind their group. */
        @WithDefault("100")
        int concurrency();

        /** Limit on the job starts of each group. */
        Optional<GroupLimit> rateLimit();
    }

    /** So many starts of one group per period. */
    interface GroupLimit {

        /** Jobs of one group that all workers together may start in each period. */
        int permits();

        /** The period of the permits. */
        Duration per();

        /** How many starts may come at once after a pause. */
        @WithDefault("1")
        int burst();
    }

    /** How long a failed job waits. */
    interface Backoff {

        /** How the delay grows from attempt to attempt: {@code FIXED}, {@code LINEAR} or {@code EXPONENTIAL}. */
        @WithDefault("EXPONENTIAL")
        RetryPolicy.Kind kind();

        /** Delay before the second attempt. */
        @WithDefault("1s")
        Duration delay();

        /** No wait is longer. */
        @WithDefault("1h")
        Duration cap();

        /** Random share of the wait, 0 to 1. */
        @WithDefault("0.2")
        double jitter();
    }

    /** So many starts per period. */
    interface Limit {

        /** Jobs of the queue, or of its limited types, that all workers together may start in each period. */
        int permits();

        /** The period of the permits. */
        Duration per();

        /** How many starts may come at once after a pause. */
        @WithDefault("1")
        int burst();

        /** Only these job types are limited; absent: all. Limited types wait apart, so that they never hold up the others. */
        Optional<List<String>> types();
    }
}
