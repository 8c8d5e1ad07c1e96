package io.penstock.common.queue.redis;

import io.penstock.common.queue.Lane;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueConsumers;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.redis.RedisServers;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
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
    private final Map<EventLoop, Commands> commands = new ConcurrentHashMap<>();
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
        ContextInternal context = ((ContextInternal) vertx.getOrCreateContext()).unwrap();
        RedisRouter reader = servers.openReader(context, "claim " + policy.queue());
        Commands shared = commandsOn(context.nettyEventLoop(), context);
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
            Context context = ((VertxInternal) vertx).createEventLoopContext();
            return new SharedReader(
                    context,
                    workerId,
                    servers.openReader(context, "claim for all queues"),
                    commandsOn(((ContextInternal) context).nettyEventLoop(), context).routes(),
                    deadline);
        });
    }

    private Commands commandsOn(EventLoop loop, Context context) {
        return commands.computeIfAbsent(loop, absent -> newCommands(context));
    }

    private Commands newCommands(Context context) {
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
