package io.penstock.common.queue.redis;

import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueConsumers;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.redis.RedisServers;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens consumers on the event loop of the caller, so that a job's way from Redis to its handler and back stays on one
 * thread. Consumers of one event loop share connections for commands; each has its own for blocking reads, and one for all those of a worker that have had no job for long.
 */
public final class RedisQueueConsumers implements QueueConsumers, AutoCloseable {

    private final Vertx vertx;
    private final RedisServers servers;
    private final QueuePolicies policies;
    private final Duration deadline;
    private final Map<EventLoopContext.Loop, Commands> commands = new ConcurrentHashMap<>();
    /** By worker: Redis knows whom it gives a job. */
    private final Map<String, SharedReader> together = new ConcurrentHashMap<>();

    /** What consumers of one event loop share. */
    private record Commands(RedisRouter routes, RedisClock clock, CrossPartitionForwarder forwarder) {}

    public RedisQueueConsumers(Vertx vertx, RedisServers servers, QueuePolicies policies, Duration deadline) {
        this.vertx = vertx;
        this.servers = servers;
        this.policies = policies;
        this.deadline = deadline;
    }

    @Override
    public QueueConsumer open(QueuePolicy policy, int partition, Lane lane, String workerId) {
        EventLoopContext context = EventLoopContext.currentOrNew(vertx);
        RedisRouter reader = servers.openReader(context, "claim " + policy.queue());
        Commands shared = commandsOn(context);
        return new RedisQueueConsumer(
                policy,
                partition,
                lane,
                workerId,
                reader,
                shared.routes().holdsAllKeys() ? sharedReader(workerId) : null,
                shared.routes(),
                shared.clock(),
                policies,
                shared.forwarder(),
                deadline);
    }

    private SharedReader sharedReader(String workerId) {
        return together.computeIfAbsent(workerId, absent -> {
            EventLoopContext context = EventLoopContext.create(vertx);
            return new SharedReader(
                    context,
                    workerId,
                    servers.openReader(context, "claim for all queues"),
                    commandsOn(context).routes(),
                    deadline);
        });
    }

    private Commands commandsOn(EventLoopContext context) {
        return commands.computeIfAbsent(context.loop(), absent -> newCommands(context));
    }

    private Commands newCommands(EventLoopContext context) {
        RedisRouter routes = servers.open(context, "worker commands");
        RedisClock clock = new RedisClock(routes, deadline);
        clock.start();
        return new Commands(routes, clock, new CrossPartitionForwarder(routes, policies, deadline));
    }

    @Override
    public void close() {
        together.values().forEach(SharedReader::close);
        commands.values().forEach(shared -> {
            shared.clock().close();
            shared.routes().close();
        });
    }
}
