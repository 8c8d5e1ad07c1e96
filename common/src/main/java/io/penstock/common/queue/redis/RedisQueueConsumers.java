package io.penstock.common.queue.redis;

import io.penstock.common.queue.Line;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueConsumers;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisLink;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.redis.client.Redis;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Opens consumers on the event loop of the caller, so that a job's way from Redis to its handler and back stays on one
 * thread. Consumers of one event loop share a connection for commands; each has its own for blocking reads.
 */
public final class RedisQueueConsumers implements QueueConsumers, AutoCloseable {

    private final Vertx vertx;
    private final Supplier<Redis> clients;
    private final QueuePolicies policies;
    private final Duration deadline;
    private final Map<Context, Commands> commands = new ConcurrentHashMap<>();

    /** What consumers of one event loop share. */
    private record Commands(RedisLink link, RedisClock clock, Carrier carrier) {}

    public RedisQueueConsumers(Vertx vertx, Supplier<Redis> clients, QueuePolicies policies, Duration deadline) {
        this.vertx = vertx;
        this.clients = clients;
        this.policies = policies;
        this.deadline = deadline;
    }

    @Override
    public QueueConsumer open(QueuePolicy policy, int partition, Line line, String workerId) {
        Context context = ((ContextInternal) vertx.getOrCreateContext()).unwrap();
        RedisLink reader = new RedisLink(context, clients, "claim " + policy.queue());
        Commands shared = commands.computeIfAbsent(context, this::newCommands);
        return new RedisQueueConsumer(
                policy,
                partition,
                line,
                workerId,
                reader,
                shared.link(),
                shared.clock(),
                policies,
                shared.carrier(),
                deadline);
    }

    private Commands newCommands(Context context) {
        RedisLink link = new RedisLink(context, clients, "worker commands");
        RedisClock clock = new RedisClock(link, deadline);
        clock.start();
        return new Commands(link, clock, new Carrier(link, policies, deadline));
    }

    @Override
    public void close() {
        commands.values().forEach(shared -> {
            shared.clock().close();
            shared.link().close();
        });
    }
}
