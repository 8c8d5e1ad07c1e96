package io.penstock.common.redis;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Who owns which slot of a cluster, as far as is known. One for all routes of a process: what one of them learns from a
 * redirection, all follow. Whoever meets trouble asks for {@link #refresh}; calls share one inquiry and inquiries keep
 * a distance, so that an outage is no storm.
 */
final class ClusterTopology {

    private static final Logger LOG = Logger.getLogger(ClusterTopology.class);

    private static final long MIN_DISTANCE_MS = 100;
    /** One node's time to accept a connection and to answer; then the next one is asked. */
    private static final Duration NODE_DEADLINE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final Function<String, Redis> nodeClients;
    private final List<String> seeds;
    private final AtomicReferenceArray<@Nullable String> owners = new AtomicReferenceArray<>(Slot.COUNT);
    private final List<Consumer<Set<String>>> listeners = new CopyOnWriteArrayList<>();
    private volatile Set<String> masters = Set.of();
    private @Nullable Promise<Void> refreshing;
    private long lastRefreshNanos = System.nanoTime() - Duration.ofMinutes(1).toNanos();
    private boolean failed;

    /**
     * @param nodeClients makes a client for the node at host:port
     * @param seeds host:port of the nodes that the configuration names
     */
    ClusterTopology(Vertx vertx, Function<String, Redis> nodeClients, List<String> seeds) {
        this.vertx = vertx;
        this.nodeClients = nodeClients;
        this.seeds = seeds;
    }

    /** host:port; null when the slot has no owner, or none that is known. */
    @Nullable
    String ownerOf(int slot) {
        return owners.get(slot);
    }

    /** The nodes that own slots; empty before the first {@link #refresh}. */
    Set<String> masters() {
        return masters;
    }

    /** A node said that this slot is elsewhere. It is seldom alone, so the rest is asked for as well. */
    void moved(int slot, String address) {
        owners.set(slot, address);
        refresh();
    }

    /** @param listener is told the nodes that own slots, after each inquiry */
    void onRefresh(Consumer<Set<String>> listener) {
        listeners.add(listener);
    }

    void forget(Consumer<Set<String>> listener) {
        listeners.remove(listener);
    }

    /** Asks one node after another until one answers. Fails when none does. */
    Future<Void> refresh() {
        Promise<Void> inquiry;
        long waitMs;
        synchronized (this) {
            if (refreshing != null) {
                return refreshing.future();
            }
            inquiry = Promise.promise();
            refreshing = inquiry;
            long sinceMs =
                    Duration.ofNanos(System.nanoTime() - lastRefreshNanos).toMillis();
            waitMs = Math.max(1, MIN_DISTANCE_MS - sinceMs);
        }
        vertx.setTimer(waitMs, id -> askAny(candidates().iterator(), "no node is known")
                .onComplete(result -> {
                    ended(result.cause());
                    inquiry.handle(result);
                }));
        return inquiry.future();
    }

    private synchronized void ended(@Nullable Throwable failure) {
        refreshing = null;
        lastRefreshNanos = System.nanoTime();
        if (failure != null && !failed) {
            LOG.warnf("no node of the Redis cluster tells who owns what, will keep asking: %s", failure.getMessage());
        }
        failed = failure != null;
    }

    /** The known nodes and the configured ones, in any order: none is asked more often than another. */
    private List<String> candidates() {
        Set<String> known = new LinkedHashSet<>(masters);
        known.addAll(seeds);
        List<String> shuffled = new ArrayList<>(known);
        Collections.shuffle(shuffled);
        return shuffled;
    }

    private Future<Void> askAny(Iterator<String> candidates, String lastFailure) {
        if (!candidates.hasNext()) {
            return Future.failedFuture(new IllegalStateException(lastFailure));
        }
        String address = candidates.next();
        return ask(address)
                .<Void>map(slots -> {
                    learn(slots, address);
                    return null;
                })
                .recover(failure -> askAny(candidates, address + ": " + failure.getMessage()));
    }

    private Future<Response> ask(String address) {
        Redis client = nodeClients.apply(address);
        Promise<Response> answer = Promise.promise();
        long timer = vertx.setTimer(
                NODE_DEADLINE.toMillis(), id -> answer.tryFail(new RedisDeadlineException(address, NODE_DEADLINE)));
        client.connect().onSuccess(connection -> ask(connection, answer)).onFailure(answer::tryFail);
        return answer.future().onComplete(result -> {
            vertx.cancelTimer(timer);
            client.close();
        });
    }

    private static void ask(RedisConnection connection, Promise<Response> answer) {
        connection
                .send(Request.cmd(Command.CLUSTER).arg("SLOTS"))
                .onSuccess(answer::tryComplete)
                .onFailure(answer::tryFail);
    }

    private void learn(Response ranges, String informer) {
        Set<String> found = new HashSet<>();
        @Nullable String[] ownerOf = new String[Slot.COUNT];
        for (Response range : ranges) {
            Response master = range.get(2);
            String address =
                    addressOf(String.valueOf(master.get(0)), master.get(1).toInteger(), informer);
            found.add(address);
            for (int slot = range.get(0).toInteger(); slot <= range.get(1).toInteger(); slot++) {
                ownerOf[slot] = address;
            }
        }
        for (int slot = 0; slot < Slot.COUNT; slot++) {
            owners.set(slot, ownerOf[slot]);
        }
        if (!found.equals(masters)) {
            LOG.infof("masters of the Redis cluster: %s", found);
        }
        masters = Set.copyOf(found);
        listeners.forEach(listener -> listener.accept(masters));
    }

    /** A node that does not know its own name is where it was asked. */
    private static String addressOf(String host, int port, String informer) {
        boolean unknown = host.isEmpty() || host.equals("null") || host.equals("?");
        return (unknown ? hostOf(informer) : host) + ":" + port;
    }

    static String hostOf(String address) {
        return address.substring(0, address.lastIndexOf(':'));
    }
}
