package io.penstock.common.queue.redis;

import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.IdempotencyConfig;
import io.penstock.common.queue.IdempotentEnqueue;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobBrowser;
import io.penstock.common.queue.JobEndNotifications;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.MaintenanceLeases;
import io.penstock.common.queue.ProgressConfig;
import io.penstock.common.queue.ProgressStore;
import io.penstock.common.queue.QueueConsumers;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.RetainedEnds;
import io.penstock.common.queue.UnreportedEnds;
import io.penstock.common.queue.WaitingJobs;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.redis.RedisServers;
import io.vertx.core.Vertx;
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
            RedisRouter link,
            QueuePolicies policies,
            @ConfigProperty(name = "penstock.redis.deadline") Duration deadline,
            IdempotencyConfig idempotency) {
        return new RedisJobQueue(link, policies, deadline, idempotency.retention());
    }

    @Produces
    @Singleton
    IdempotentEnqueue idempotentEnqueue(
            RedisRouter link,
            QueuePolicies policies,
            @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        return new RedisIdempotentEnqueue(link, policies, deadline);
    }

    @Produces
    @Singleton
    JobBrowser jobBrowser(
            RedisRouter link,
            QueuePolicies policies,
            @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        return new RedisJobBrowser(link, policies, deadline);
    }

    @Produces
    @Singleton
    WaitingJobs waitingJobs(
            RedisRouter link,
            QueuePolicies policies,
            @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        return new RedisWaitingJobs(link, policies, deadline);
    }

    @Produces
    @Singleton
    JobAdmin jobSteering(
            RedisRouter link,
            QueuePolicies policies,
            JobQueue queue,
            @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        return new RedisJobAdmin(link, policies, queue, deadline);
    }

    @Produces
    @Singleton
    QueueMaintainer queueTending(
            RedisRouter link,
            QueuePolicies policies,
            @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        return new RedisQueueMaintainer(link, policies, deadline);
    }

    @Produces
    @Singleton
    MaintenanceLeases maintenanceLeases(
            RedisRouter link,
            RedisServers servers,
            Vertx vertx,
            @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        return new RedisMaintenanceLeases(link, servers, vertx, deadline);
    }

    @Produces
    @Singleton
    UnreportedEnds unreportedEnds(
            RedisRouter link, @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        return new RedisUnreportedEnds(link, deadline);
    }

    @Produces
    @Singleton
    RetainedEnds retainedEnds(RedisRouter link, @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        return new RedisRetainedEnds(link, deadline);
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
    ProgressStore jobReports(
            RedisRouter routes,
            QueuePolicies policies,
            ProgressConfig config,
            @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        return new RedisProgressStore(routes, policies, deadline, config.keep(), config.maxLines());
    }

    @Produces
    @Singleton
    JobEndNotifications jobEnds(Vertx vertx, RedisServers servers) {
        return new RedisJobEndNotifications(
                listener -> servers.subscribe(EventLoopContext.create(vertx), RedisKeys.ENDED_PATTERN, listener));
    }

    void close(@Disposes JobEndNotifications ends) {
        ((RedisJobEndNotifications) ends).close();
    }

    void close(@Disposes QueueConsumers consumers) {
        ((RedisQueueConsumers) consumers).close();
    }
}
