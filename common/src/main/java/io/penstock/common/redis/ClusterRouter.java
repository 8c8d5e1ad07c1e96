package io.penstock.common.redis;

import io.penstock.common.loop.EventLoopContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Routes through a cluster: one {@link ReconnectingConnection} to each master that is needed, made when it first is, and retired when
 * the node no longer is one.
 *
 * <p>A refusal tells where to go: MOVED to the new owner, from now on; ASK to the one that imports the slot, this time;
 * anything else means that the cluster is being changed, so that its owners are asked for again and the command is
 * repeated after a pause. Calls that wait for a connection to a node that was replaced go on to its successor.
 */
final class ClusterRouter implements RedisRouter {

    /** So many redirections in a row are followed at once; more mean that nodes disagree, and time has to pass. */
    private static final int MAX_HASTE = 4;

    private static final long MIN_PAUSE_MS = 10;
    private static final long MAX_PAUSE_MS = 250;

    private final EventLoopContext context;
    private final String name;
    private final Function<String, Redis> nodeClients;
    private final ClusterTopology topology;
    private final boolean lone;
    private final Map<String, ReconnectingConnection> links = new ConcurrentHashMap<>();
    private final Consumer<Set<String>> pruning = this::prune;
    private volatile boolean closed;

    /**
     * @param context the event loop that serves the connections
     * @param nodeClients makes a client for the node at host:port
     * @param lone keeps one link at most: for blocking reads, whose keys are all in one slot
     */
    ClusterRouter(
            EventLoopContext context,
            String name,
            Function<String, Redis> nodeClients,
            ClusterTopology topology,
            boolean lone) {
        this.context = context;
        this.name = name;
        this.nodeClients = nodeClients;
        this.topology = topology;
        this.lone = lone;
        topology.onRefresh(pruning);
    }

    @Override
    public Future<Response> send(String key, Request request, Duration deadline) {
        return travel(key, deadline, RedisCall.command(request));
    }

    @Override
    public Future<List<Response>> batch(String key, List<Request> requests, Duration deadline) {
        return travel(key, deadline, RedisCall.batch(requests));
    }

    @Override
    public Future<List<Response>> transaction(String key, List<Request> requests, Duration deadline) {
        return travel(key, deadline, RedisCall.transaction(requests));
    }

    @Override
    public Future<Response> run(LuaScript script, List<String> keys, List<?> args, Duration deadline) {
        return travel(keys.get(0), deadline, RedisCall.script(script, keys, args));
    }

    @Override
    public Future<@Nullable Response> read(String key, Request request, Duration deadline) {
        RedisCall<@Nullable Response> call = new RedisCall<>(1, pipeline -> pipeline.send(request));
        Journey<@Nullable Response> journey = new Journey<>(Slot.of(key), deadline, call) {
            @Override
            void again(String address, boolean asking) {
                // What is left of the deadline no longer covers the time that the read may block.
                if (asking) {
                    super.again(address, true);
                } else {
                    answer.tryComplete(null);
                }
            }
        };
        journey.start();
        return journey.answer.future();
    }

    @Override
    public Future<List<ReconnectingConnection>> masters() {
        Future<Void> known = topology.masters().isEmpty() ? topology.refresh() : Future.succeededFuture();
        return known.map(
                ready -> topology.masters().stream().sorted().map(this::link).toList());
    }

    @Override
    public boolean holdsAllKeys() {
        return false;
    }

    @Override
    public <T> Promise<T> promise() {
        return context.promise();
    }

    @Override
    public void after(Duration delay, Runnable action) {
        context.setTimer(Math.max(1, delay.toMillis()), id -> action.run());
    }

    @Override
    public void close() {
        closed = true;
        topology.forget(pruning);
        links.values().forEach(ReconnectingConnection::close);
    }

    private ReconnectingConnection link(String address) {
        ReconnectingConnection link = links.computeIfAbsent(
                address,
                node -> ReconnectingConnection.toNode(
                        context, () -> nodeClients.apply(node), name + " @" + node, topology::refresh));
        if (lone && links.size() > 1) {
            prune(Set.of(address));
        }
        if (closed) {
            link.close();
        }
        return link;
    }

    private void prune(Set<String> wanted) {
        links.forEach((address, link) -> {
            if (!wanted.contains(address) && links.remove(address, link)) {
                link.retire();
            }
        });
    }

    private <T> Future<T> travel(String key, Duration deadline, RedisCall<T> call) {
        Journey<T> journey = new Journey<>(Slot.of(key), deadline, call);
        journey.start();
        return journey.answer.future();
    }

    /** The way of one call from node to node, until one answers or the deadline is over. */
    private class Journey<T extends @Nullable Object> {

        final Promise<T> answer = promise();
        private final int slot;
        private final Duration deadline;
        private final long endNanos;
        private final RedisCall<T> call;
        private int redirections;
        private long pauseMs = MIN_PAUSE_MS;
        private @Nullable Throwable lastRefusal;

        Journey(int slot, Duration deadline, RedisCall<T> call) {
            this.slot = slot;
            this.deadline = deadline;
            this.endNanos = System.nanoTime() + deadline.toNanos();
            this.call = call;
        }

        void start() {
            String owner = topology.ownerOf(slot);
            if (owner != null) {
                go(owner, false);
            } else {
                topology.refresh().onComplete(refreshed -> {
                    String found = topology.ownerOf(slot);
                    if (found != null) {
                        go(found, false);
                    } else {
                        pauseThenStart(refreshed.cause());
                    }
                });
            }
        }

        private void go(String address, boolean asking) {
            Duration left = Duration.ofNanos(endNanos - System.nanoTime());
            if (left.isNegative() || closed) {
                answer.tryFail(closed ? new ConnectionClosedException(name) : deadlineMissed());
                return;
            }
            link(address).perform(call, asking, left).onComplete(result -> {
                if (result.succeeded()) {
                    answer.tryComplete(result.result());
                } else {
                    failed(address, result.cause());
                }
            });
        }

        private void failed(String address, Throwable failure) {
            if (failure instanceof ConnectionClosedException && !closed) {
                again("", false);
                return;
            }
            Refusal refusal = Refusal.of(failure, call.commands());
            if (refusal == null) {
                answer.tryFail(failure);
                return;
            }
            lastRefusal = failure;
            String elsewhere = refusal.address().startsWith(":")
                    ? ClusterTopology.hostOf(address) + refusal.address()
                    : refusal.address();
            switch (refusal.kind()) {
                case MOVED -> {
                    topology.moved(slot, elsewhere);
                    redirected(elsewhere, false);
                }
                case ASK -> redirected(elsewhere, true);
                case LATER -> {
                    topology.refresh();
                    pause(() -> again("", false));
                }
            }
        }

        private void redirected(String address, boolean asking) {
            redirections++;
            if (redirections <= MAX_HASTE) {
                again(address, asking);
            } else {
                pause(() -> again("", false));
            }
        }

        /** @param address where to; empty: to the owner of the slot */
        void again(String address, boolean asking) {
            if (address.isEmpty()) {
                start();
            } else {
                go(address, asking);
            }
        }

        private void pauseThenStart(@Nullable Throwable failure) {
            lastRefusal = failure == null ? lastRefusal : failure;
            if (System.nanoTime() >= endNanos) {
                answer.tryFail(deadlineMissed());
            } else {
                pause(this::start);
            }
        }

        private void pause(Runnable next) {
            context.setTimer(pauseMs, id -> next.run());
            pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
        }

        private RedisDeadlineException deadlineMissed() {
            return new RedisDeadlineException(name, deadline, false, lastRefusal);
        }
    }
}
