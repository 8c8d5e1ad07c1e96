package io.penstock.worker.maintenance;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Settings of the jobs that keep Penstock in order, under {@code penstock.maintenance}. */
@ConfigMapping(prefix = "penstock.maintenance")
public interface MaintenanceConfig {

    QueueMonitor queueMonitor();

    HealthCheck healthCheck();

    Cache cache();

    Queues queues();

    /** When a queue is too full. */
    interface QueueMonitor {

        /** More waiting jobs raise an alert. It ends when there are a tenth less. */
        @WithDefault("1000")
        long maxWaiting();

        /** More failed jobs, dead ones that the queue keeps, raise an alert. It ends when there are a tenth less. */
        @WithDefault("100")
        long maxFailed();

        /** By queue name, where one differs from the others. */
        Map<String, Depth> queue();
    }

    /** Bounds of one queue; an absent one is that of all queues. */
    interface Depth {

        /** The bound of this queue; absent: the one for every queue. */
        OptionalLong maxWaiting();

        /** The bound of this queue; absent: the one for every queue. */
        OptionalLong maxFailed();
    }

    /** What the health check calls a failure. */
    interface HealthCheck {

        /** PostgreSQL and Redis have to answer within this time. */
        @WithDefault("5s")
        Duration answerWithin();

        /** What fails is asked again after this pause, and has failed when it does so three times in a row. */
        @WithDefault("2s")
        Duration askAgainAfter();

        /**
         * How often each worker asks PostgreSQL and Redis by itself, without a job, which none of them could do without the
         * other. Three failures in a row are an outage, which is over after two good answers.
         */
        @WithDefault("15s")
        Duration outageWatch();

        /** A schedule that is due for longer shows that no scheduler is at work. */
        @WithDefault("2m")
        Duration scheduleOverdueAfter();

        LanguageModel languageModel();

        /** A queue whose oldest job has waited for longer, and which has finished none since the last check, stands still. */
        @WithDefault("15m")
        Duration queueStuckAfter();

        /** How long results are kept. */
        @WithDefault("30d")
        Duration keep();
    }

    /** A language model that is asked for its list of models. */
    interface LanguageModel {

        /** Address of an OpenAI-compatible service, such as {@code https://api.openai.com/v1}; absent: none is asked. */
        Optional<URI> url();

        /** Sent as bearer token; absent: none is sent. A secret: it is never logged. */
        Optional<String> key();
    }

    /** The removal of temporary keys. */
    interface Cache {

        /** A key that never expires is left alone until it has not been touched for so long. */
        @WithDefault("5m")
        Duration idle();

        /** Looks at the keyspace, of some 500 keys each, that one job makes; a further job goes on from there. */
        @WithDefault("200")
        int looks();
    }

    /** The removal of old records from the queues. */
    interface Queues {

        /** Completed jobs. Those over {@code keep-completed} of their queue are gone before. */
        @WithDefault("24h")
        Duration keepCompleted();

        /** Failed jobs, which can no longer be retried afterwards. */
        @WithDefault("7d")
        Duration keepFailed();

        /** Steps, of at most 200 records each, that one job takes for each queue, kind and partition. */
        @WithDefault("100")
        int steps();
    }
}
