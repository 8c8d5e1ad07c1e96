package io.penstock.common.cache.redis;

import io.penstock.common.cache.CacheAwayException;
import io.penstock.common.cache.CacheKeys;
import io.penstock.common.cache.Invalidation;
import io.penstock.common.cache.KeyPattern;
import io.penstock.common.cache.RemoteCache;
import io.penstock.common.cache.RemoteFigures;
import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.ReconnectingConnection;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.redis.RedisSubscription;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The shared tier. It has connections of its own: a call that misses its deadline closes the connection, and the queues
 * must not lose theirs because a reader of the cache was in a hurry.
 */
public final class RedisRemoteCache implements RemoteCache, AutoCloseable {

    private static final LuaScript LOCK_CACHE_LOAD = LuaScript.load("lock-cache-load");
    private static final LuaScript FILL_CACHE = LuaScript.load("fill-cache");
    private static final LuaScript RELEASE_CACHE_LOCK = LuaScript.load("release-cache-lock");

    /** A connection that does not answer for so long is given up. Readers wait no longer than they are told to. */
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    /** For calls that nobody reads by: invalidations, figures. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Keys that a server looks at per call of SCAN: about a tenth of a millisecond. */
    private static final int PIECE = 500;

    private static final int MOST_TAGGED = 1_000;
    private static final int MOST_MISSED = 200;
    private static final Duration KEEP_MISSED = Duration.ofDays(1);
    private static final List<String> NAMESPACES = List.of("product", "user", "analysis", "system", "temp");

    private final RedisRouter routes;
    private final Function<RedisSubscription.Listener, RedisSubscription> subscriptions;
    private final WaitLimit waits;
    private final RedisAvailability availability;
    private @Nullable RedisSubscription subscription;

    /**
     * @param routes for the cache alone; closed with this
     * @param subscriptions opens a subscription to {@link CacheKeys#CHANNEL}
     * @param wait how long a reader waits
     * @param pause how long Redis is left alone after a failure
     */
    public RedisRemoteCache(
            Vertx vertx,
            RedisRouter routes,
            Function<RedisSubscription.Listener, RedisSubscription> subscriptions,
            Duration wait,
            Duration pause) {
        this.routes = routes;
        this.subscriptions = subscriptions;
        this.waits = new WaitLimit(vertx, wait);
        this.availability = new RedisAvailability(pause, wait.multipliedBy(2));
    }

    @Override
    public Uni<byte @Nullable []> get(String key) {
        return ask(() -> routes.send(key, Request.cmd(Command.GET).arg(key), DEADLINE))
                .map(RedisRemoteCache::bytes);
    }

    @Override
    public Uni<List<byte @Nullable []>> getAll(List<String> keys) {
        return ask(() -> routes.masters().compose(masters -> masters.size() == 1 ? mget(keys) : getEach(keys)));
    }

    private Future<List<byte @Nullable []>> mget(List<String> keys) {
        Request request = Request.cmd(Command.MGET);
        keys.forEach(request::arg);
        return routes.send(keys.get(0), request, DEADLINE).map(reply -> {
            List<byte @Nullable []> values = new ArrayList<>(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                values.add(bytes(reply.get(i)));
            }
            return values;
        });
    }

    /** In a cluster keys lie in many slots. The calls share their ways and do not wait for one another. */
    private Future<List<byte @Nullable []>> getEach(List<String> keys) {
        List<Future<Response>> calls = keys.stream()
                .map(key -> routes.send(key, Request.cmd(Command.GET).arg(key), DEADLINE))
                .toList();
        return Future.all(calls).map(done -> {
            List<byte @Nullable []> values = new ArrayList<>(keys.size());
            calls.forEach(call -> values.add(bytes(call.result())));
            return values;
        });
    }

    @Override
    public Uni<Lookup> lock(String key, String token, Duration lock, Set<String> tags, Duration tagTtl) {
        return ask(() -> tag(key, tags, tagTtl)
                .compose(tagged -> routes.run(
                        LOCK_CACHE_LOAD, List.of(key, CacheKeys.lock(key)), List.of(token, lock.toMillis()), DEADLINE))
                .map(RedisRemoteCache::lookup));
    }

    private static Lookup lookup(Response reply) {
        return switch (reply.get(0).toInteger()) {
            case 1 -> new Lookup.Locked();
            case 2 -> new Lookup.Found(reply.get(1).toBytes());
            default ->
                new Lookup.Busy(Duration.ofMillis(Math.max(1, reply.get(1).toLong())));
        };
    }

    /** Before the entry is there, so that none is ever there without its tags. */
    private Future<?> tag(String key, Set<String> tags, Duration ttl) {
        List<Future<List<Response>>> calls = new ArrayList<>();
        for (String tag : tags) {
            String set = CacheKeys.tagged(tag);
            calls.add(routes.batch(
                    set,
                    List.of(
                            Request.cmd(Command.SADD).arg(set).arg(key),
                            // The longest-lived member decides.
                            Request.cmd(Command.PEXPIRE)
                                    .arg(set)
                                    .arg(ttl.toMillis())
                                    .arg("NX"),
                            Request.cmd(Command.PEXPIRE)
                                    .arg(set)
                                    .arg(ttl.toMillis())
                                    .arg("GT")),
                    DEADLINE));
        }
        return calls.isEmpty() ? Future.succeededFuture() : Future.all(calls);
    }

    @Override
    public Uni<Boolean> fill(String key, String token, byte[] value, Duration ttl) {
        return askPatiently(() -> routes.run(
                        FILL_CACHE,
                        List.of(key, CacheKeys.lock(key)),
                        List.of(token, Buffer.buffer(value), ttl.toMillis()),
                        PATIENCE)
                .map(reply -> reply.toInteger() == 1));
    }

    @Override
    public Uni<Void> release(String key, String token) {
        return askPatiently(
                        () -> routes.run(RELEASE_CACHE_LOCK, List.of(CacheKeys.lock(key)), List.of(token), PATIENCE))
                .replaceWithVoid();
    }

    @Override
    public Uni<Void> put(String key, byte[] value, Duration ttl, Set<String> tags, Duration tagTtl, Invalidation told) {
        return askPatiently(() -> tag(key, tags, tagTtl.compareTo(ttl) > 0 ? tagTtl : ttl)
                        .compose(tagged -> routes.batch(
                                key,
                                List.of(
                                        Request.cmd(Command.SET)
                                                .arg(key)
                                                .arg(Buffer.buffer(value))
                                                .arg("PX")
                                                .arg(ttl.toMillis()),
                                        Request.cmd(Command.UNLINK).arg(CacheKeys.lock(key)),
                                        publish(told)),
                                PATIENCE)))
                .replaceWithVoid();
    }

    @Override
    public Uni<Void> remove(Collection<String> keys, Invalidation told) {
        return askPatiently(() -> routes.masters()
                        .compose(masters -> masters.size() == 1
                                ? removeTogether(keys, told)
                                : removeEach(keys)
                                        .compose(removed -> sendPublish(told).mapEmpty())))
                .replaceWithVoid();
    }

    private Future<Void> removeTogether(Collection<String> keys, Invalidation told) {
        Request unlink = Request.cmd(Command.UNLINK);
        keys.forEach(key -> unlink.arg(key).arg(CacheKeys.lock(key)));
        return routes.batch(keys.iterator().next(), List.of(unlink, publish(told)), PATIENCE)
                .mapEmpty();
    }

    private Future<?> removeEach(Collection<String> keys) {
        return Future.all(keys.stream()
                .map(key ->
                        routes.send(key, Request.cmd(Command.UNLINK).arg(key).arg(CacheKeys.lock(key)), PATIENCE))
                .toList());
    }

    @Override
    public Uni<Long> removeMatching(KeyPattern pattern, Invalidation told) {
        return patiently(() -> routes.masters()
                .compose(masters -> {
                    Future<Long> removed = Future.succeededFuture(0L);
                    for (ReconnectingConnection master : masters) {
                        removed = removed.compose(sofar -> removeAt(master, "0", pattern, sofar));
                    }
                    return removed;
                })
                .compose(removed -> sendPublish(told).map(removed)));
    }

    private Future<Long> removeAt(ReconnectingConnection master, String cursor, KeyPattern pattern, long sofar) {
        Request scan = Request.cmd(Command.SCAN)
                .arg(cursor)
                .arg("MATCH")
                .arg(pattern.text())
                .arg("COUNT")
                .arg(PIECE);
        return master.send(scan, PATIENCE).compose(page -> {
            List<String> keys = new ArrayList<>();
            page.get(1).forEach(key -> keys.add(key.toString()));
            Future<?> removed = keys.isEmpty() ? Future.succeededFuture() : removeEach(keys);
            String next = page.get(0).toString();
            return removed.compose(done -> next.equals("0")
                    ? Future.succeededFuture(sofar + keys.size())
                    : removeAt(master, next, pattern, sofar + keys.size()));
        });
    }

    @Override
    public Uni<List<String>> takeTagged(String tag) {
        String set = CacheKeys.tagged(tag);
        return askPatiently(
                () -> routes.send(set, Request.cmd(Command.SPOP).arg(set).arg(MOST_TAGGED), PATIENCE)
                        .map(reply -> {
                            List<String> keys = new ArrayList<>();
                            if (reply != null) {
                                reply.forEach(key -> keys.add(key.toString()));
                            }
                            return keys;
                        }));
    }

    @Override
    public Uni<Void> tell(Invalidation told) {
        return askPatiently(() -> sendPublish(told)).replaceWithVoid();
    }

    private static Request publish(Invalidation told) {
        return Request.cmd(Command.PUBLISH).arg(CacheKeys.CHANNEL).arg(told.text());
    }

    private Future<Response> sendPublish(Invalidation told) {
        return routes.send(CacheKeys.CHANNEL, publish(told), PATIENCE);
    }

    @Override
    public Uni<Void> addMissed(String cache, Map<String, Long> missed) {
        String set = CacheKeys.missed(cache);
        List<Request> requests = new ArrayList<>();
        missed.forEach((key, times) ->
                requests.add(Request.cmd(Command.ZINCRBY).arg(set).arg(times).arg(key)));
        requests.add(Request.cmd(Command.ZREMRANGEBYRANK).arg(set).arg(0).arg(-1 - MOST_MISSED));
        requests.add(Request.cmd(Command.PEXPIRE).arg(set).arg(KEEP_MISSED.toMillis()));
        return askPatiently(() -> routes.batch(set, requests, PATIENCE)).replaceWithVoid();
    }

    @Override
    public Uni<Map<String, Long>> mostMissed(String cache, int most) {
        String set = CacheKeys.missed(cache);
        Request request =
                Request.cmd(Command.ZRANGE).arg(set).arg(0).arg(most - 1).arg("REV");
        return askPatiently(() -> routes.send(set, request, PATIENCE).compose(members -> {
            List<Request> scores = new ArrayList<>();
            members.forEach(
                    member -> scores.add(Request.cmd(Command.ZSCORE).arg(set).arg(member.toString())));
            if (scores.isEmpty()) {
                return Future.succeededFuture(Map.<String, Long>of());
            }
            return routes.batch(set, scores, PATIENCE).map(found -> {
                Map<String, Long> missed = new LinkedHashMap<>();
                for (int i = 0; i < found.size(); i++) {
                    if (found.get(i) != null) {
                        missed.put(
                                members.get(i).toString(),
                                Math.round(found.get(i).toDouble()));
                    }
                }
                return missed;
            });
        }));
    }

    @Override
    public Uni<RemoteFigures> figures(int sample) {
        return askPatiently(() -> routes.masters().compose(masters -> {
            List<Future<RemoteFigures>> each = masters.stream()
                    .map(master -> figuresOf(master, Math.max(1, sample / masters.size())))
                    .toList();
            return Future.all(each).map(done -> each.stream()
                    .map(Future::result)
                    .reduce(RedisRemoteCache::sum)
                    .orElseThrow());
        }));
    }

    private static Future<RemoteFigures> figuresOf(ReconnectingConnection master, int sample) {
        List<Request> requests = new ArrayList<>();
        requests.add(Request.cmd(Command.INFO).arg("memory"));
        requests.add(Request.cmd(Command.INFO).arg("stats"));
        requests.add(Request.cmd(Command.DBSIZE));
        for (int i = 0; i < sample; i++) {
            requests.add(Request.cmd(Command.RANDOMKEY));
        }
        return master.batch(requests, PATIENCE).map(replies -> {
            Map<String, String> info = info(replies.get(0).toString());
            info.putAll(info(replies.get(1).toString()));
            Map<String, Integer> found = new HashMap<>();
            int sampled = 0;
            for (Response key : replies.subList(3, replies.size())) {
                if (key != null) {
                    found.merge(namespace(key.toString()), 1, Integer::sum);
                    sampled++;
                }
            }
            return new RemoteFigures(
                    replies.get(2).toLong(),
                    number(info, "used_memory"),
                    number(info, "maxmemory"),
                    number(info, "evicted_keys"),
                    number(info, "expired_keys"),
                    number(info, "keyspace_hits"),
                    number(info, "keyspace_misses"),
                    sampled,
                    found);
        });
    }

    private static String namespace(String key) {
        int colon = key.indexOf(':');
        String namespace = colon < 0 ? "" : key.substring(0, colon);
        return NAMESPACES.contains(namespace) ? namespace : "other";
    }

    private static RemoteFigures sum(RemoteFigures one, RemoteFigures other) {
        Map<String, Integer> both = new HashMap<>(one.byNamespace());
        other.byNamespace().forEach((name, count) -> both.merge(name, count, Integer::sum));
        return new RemoteFigures(
                one.keys() + other.keys(),
                one.usedBytes() + other.usedBytes(),
                one.maxBytes() + other.maxBytes(),
                one.evicted() + other.evicted(),
                one.expired() + other.expired(),
                one.hits() + other.hits(),
                one.misses() + other.misses(),
                one.sampled() + other.sampled(),
                both);
    }

    private static Map<String, String> info(String text) {
        Map<String, String> values = new HashMap<>();
        text.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                values.put(line.substring(0, colon), line.substring(colon + 1).trim());
            }
        });
        return values;
    }

    private static long number(Map<String, String> info, String name) {
        return Long.parseLong(info.getOrDefault(name, "0"));
    }

    @Override
    public synchronized void listen(Listener listener) {
        if (subscription != null) {
            throw new IllegalStateException("somebody listens already");
        }
        subscription = subscriptions.apply(new RedisSubscription.Listener() {
            @Override
            public void heard(String message) {
                listener.heard(Invalidation.parse(message));
            }

            @Override
            public void connected() {
                availability.answered();
                listener.connected();
            }

            @Override
            public void lost() {
                listener.lost();
            }
        });
    }

    @Override
    public boolean answers() {
        return availability.answers();
    }

    /** For readers: fails at once while Redis is away, and after a short wait where it is late. */
    private <T extends @Nullable Object> Uni<T> ask(Supplier<Future<T>> call) {
        return Uni.createFrom().emitter(emitter -> {
            if (!availability.mayAsk()) {
                emitter.fail(new CacheAwayException("Redis is away"));
                return;
            }
            WaitLimit.Waiting waiting = waits.begin(() -> {
                availability.late();
                emitter.fail(new CacheAwayException("no answer from Redis in time"));
            });
            call.get().onComplete(result -> {
                waiting.end();
                note(result.succeeded() ? null : result.cause());
                if (result.succeeded()) {
                    emitter.complete(result.result());
                } else {
                    emitter.fail(result.cause());
                }
            });
        });
    }

    /** For what nobody reads by: fails at once while Redis is away, else waits for the answer. */
    private <T> Uni<T> askPatiently(Supplier<Future<T>> call) {
        return Uni.createFrom()
                .deferred(() -> availability.mayAsk()
                        ? patiently(call)
                        : Uni.createFrom().failure(new CacheAwayException("Redis is away")));
    }

    private <T> Uni<T> patiently(Supplier<Future<T>> call) {
        return Uni.createFrom().emitter(emitter -> call.get().onComplete(result -> {
            note(result.succeeded() ? null : result.cause());
            if (result.succeeded()) {
                emitter.complete(result.result());
            } else {
                emitter.fail(result.cause());
            }
        }));
    }

    /** A server that refuses a command answers all the same. */
    private void note(@Nullable Throwable failure) {
        if (failure == null || failure instanceof ErrorType) {
            availability.answered();
        } else {
            availability.failed();
        }
    }

    private static byte @Nullable [] bytes(@Nullable Response reply) {
        return reply == null ? null : reply.toBytes();
    }

    @Override
    public synchronized void close() {
        if (subscription != null) {
            subscription.close();
        }
        routes.close();
    }
}
