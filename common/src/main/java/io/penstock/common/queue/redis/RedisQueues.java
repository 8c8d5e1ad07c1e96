package io.penstock.common.queue.redis;

import io.penstock.common.queue.JobEnds;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobReports;
import io.penstock.common.queue.JobSteering;
import io.penstock.common.queue.OnceQueue;
import io.penstock.common.queue.QueueConsumers;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueueTending;
import io.penstock.common.queue.ReportConfig;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRoutes;
import io.penstock.common.redis.RedisServers;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Hands the Redis implementation to whoever asks for the ports. */
@ApplicationScoped
class RedisQueues {

    @Produces
    @Singleton
    JobQueue jobQueue(
            RedisRoutes link,
            QueuePolicies policies,
            @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        return new RedisJobQueue(link, policies, deadline);
    }

    @Produces
    @Singleton
    OnceQueue onceQueue(
            RedisRoutes link,
            QueuePolicies policies,
            @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        return new RedisOnceQueue(link, policies, deadline);
    }

    @Produces
    @Singleton
    JobSteering jobSteering(
            RedisRoutes link,
            QueuePolicies policies,
            JobQueue queue,
            @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        return new RedisJobSteering(link, policies, queue, deadline);
    }

    @Produces
    @Singleton
    QueueTending queueTending(
            RedisRoutes link,
            QueuePolicies policies,
            @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        return new RedisQueueTending(link, policies, deadline);
    }

    @Produces
    @Singleton
    QueueConsumers queueConsumers(
            Vertx vertx,
            RedisServers servers,
            QueuePolicies policies,
            @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        return new RedisQueueConsumers(vertx, servers, policies, deadline);
    }

    @Produces
    @Singleton
    JobReports jobReports(
            RedisRoutes routes,
            QueuePolicies policies,
            ReportConfig config,
            @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        return new RedisJobReports(routes, policies, deadline, config.keep(), config.maxLines());
    }

    @Produces
    @Singleton
    JobEnds jobEnds(Vertx vertx, RedisServers servers) {
        return new RedisJobEnds(listener ->
                servers.subscribe(((VertxInternal) vertx).createEventLoopContext(), RedisKeys.ENDED_PATTERN, listener));
    }

    void close(@Disposes JobEnds ends) {
        ((RedisJobEnds) ends).close();
    }

    void close(@Disposes QueueConsumers consumers) {
        ((RedisQueueConsumers) consumers).close();
    }
}
