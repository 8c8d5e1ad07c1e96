package io.penstock.common.redis;

import io.penstock.common.queue.StoreHealth;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Looks whether the Redis server, in a cluster every master, is set up so that it keeps jobs. It never changes a server's
 * settings.
 */
@ApplicationScoped
public class RedisSafety implements StoreHealth {

    /** Scripts use what 7.0 has; older servers lack it. */
    private static final int OLDEST_MAJOR = 7;

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    /** Times are compared in whole seconds. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(1);

    private final RedisRouter routes;
    /** To a Redis that holds cached values alone. */
    private final Optional<RedisRouter> cacheRoutes;

    private final InstantSource clock = InstantSource.system();

    @Inject
    RedisSafety(
            RedisRouter routes,
            RedisClients clients,
            @ConfigProperty(name = "penstock.cache.redis") Optional<String> cacheClient) {
        this(routes, cacheClient.map(name -> clients.named(name).openNear("cache safety")));
    }

    public RedisSafety(RedisRouter routes) {
        this(routes, Optional.empty());
    }

    RedisSafety(RedisRouter routes, Optional<RedisRouter> cacheRoutes) {
        this.routes = routes;
        this.cacheRoutes = cacheRoutes;
    }

    @PreDestroy
    void close() {
        cacheRoutes.ifPresent(RedisRouter::close);
    }

    /**
     * What is unsafe, in words for an operator; empty when all is well. Fails while the Redis of the queues cannot be asked;
     * that of the cache may be away.
     */
    @Override
    public Uni<List<String>> findings() {
        return Uni.createFrom().completionStage(() -> routes.masters()
                .compose(this::findingsOfAll)
                .compose(queues -> cacheFindings().map(cache -> {
                    List<String> all = new ArrayList<>(queues);
                    all.addAll(cache);
                    return all;
                }))
                .toCompletionStage());
    }

    @Override
    public Uni<List<Memory>> memory() {
        return Uni.createFrom().completionStage(() -> routes.masters()
                .compose(masters -> {
                    List<Future<Memory>> each = masters.stream()
                            .map(master -> info(master, "memory")
                                    .map(values -> new Memory(
                                            master.name(),
                                            Long.parseLong(values.getOrDefault("used_memory", "0")),
                                            Long.parseLong(values.getOrDefault("maxmemory", "0")))))
                            .toList();
                    return Future.all(each)
                            .map(done -> each.stream().map(Future::result).toList());
                })
                .toCompletionStage());
    }

    /** A cache may evict, a queue must not; a cache that must not fails its writers when it is full. */
    private Future<List<String>> cacheFindings() {
        if (cacheRoutes.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        return cacheRoutes
                .get()
                .masters()
                .compose(masters -> {
                    List<Future<List<String>>> each = masters.stream()
                            .map(master -> info(master, "memory").map(RedisSafety::judgeCache))
                            .toList();
                    return Future.all(each).map(done -> each.stream()
                            .flatMap(found -> found.result().stream())
                            .distinct()
                            .toList());
                })
                .otherwise(List.of("the Redis of the cache does not answer: every read is loaded"));
    }

    static List<String> judgeCache(Map<String, String> memory) {
        List<String> findings = new ArrayList<>();
        boolean bounded = !memory.getOrDefault("maxmemory", "0").equals("0");
        if (!bounded) {
            findings.add("the Redis of the cache has no maxmemory: it grows until its machine has no memory left");
        } else if (memory.getOrDefault("maxmemory_policy", "unknown").equals("noeviction")) {
            findings.add(
                    "maxmemory-policy of the Redis of the cache is noeviction: when it is full nothing more is cached;"
                            + " allkeys-lru suits a cache");
        }
        return findings;
    }

    private Future<List<String>> findingsOfAll(List<ReconnectingConnection> masters) {
        if (masters.size() == 1) {
            return findings(masters.get(0));
        }
        List<Future<List<String>>> calls = masters.stream()
                .map(master -> findings(master).map(found -> at(master, found)))
                .toList();
        return Future.all(calls)
                .map(done ->
                        calls.stream().flatMap(call -> call.result().stream()).toList());
    }

    private static List<String> at(ReconnectingConnection master, List<String> findings) {
        return findings.stream().map(finding -> master.name() + ": " + finding).toList();
    }

    private Future<List<String>> findings(ReconnectingConnection link) {
        return info(link, "server")
                .compose(server -> info(link, "memory").compose(memory -> info(link, "persistence")
                        .map(persistence -> judge(server, memory, persistence))))
                .compose(findings -> clockDifference(link).map(difference -> withClock(findings, difference)));
    }

    private Future<Duration> clockDifference(ReconnectingConnection link) {
        return link.send(Request.cmd(Command.TIME), DEADLINE)
                .map(time -> Duration.between(
                        Instant.ofEpochSecond(time.get(0).toLong()),
                        clock.instant().truncatedTo(ChronoUnit.SECONDS)));
    }

    /** Jobs run by Redis's clock, so that a wrong one here only makes times in logs and records wrong. */
    static List<String> withClock(List<String> findings, Duration difference) {
        if (difference.abs().compareTo(CLOCK_TOLERANCE) <= 0) {
            return findings;
        }
        List<String> all = new ArrayList<>(findings);
        all.add("the clock of this process is " + difference.toSeconds() + " s off that of Redis");
        return all;
    }

    private static Future<Map<String, String>> info(ReconnectingConnection link, String section) {
        return link.send(Request.cmd(Command.INFO).arg(section), DEADLINE).map(reply -> {
            Map<String, String> values = new HashMap<>();
            reply.toString().lines().forEach(line -> {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    values.put(
                            line.substring(0, colon), line.substring(colon + 1).trim());
                }
            });
            return values;
        });
    }

    static List<String> judge(Map<String, String> server, Map<String, String> memory, Map<String, String> persistence) {
        List<String> findings = new ArrayList<>();
        String version = server.getOrDefault("redis_version", "0");
        if (Integer.parseInt(version.substring(0, Math.max(1, version.indexOf('.')))) < OLDEST_MAJOR) {
            findings.add("Redis " + version + " is older than " + OLDEST_MAJOR + ".0");
        }
        String policy = memory.getOrDefault("maxmemory_policy", "unknown");
        if (!policy.equals("noeviction")) {
            findings.add("maxmemory-policy is " + policy + ", must be noeviction: Redis may throw queued jobs away");
        }
        if (!persistence.getOrDefault("aof_enabled", "0").equals("1")) {
            findings.add("appendonly is off: jobs since the last snapshot are lost when Redis restarts");
        }
        if (persistence.getOrDefault("aof_last_write_status", "ok").equals("err")) {
            findings.add("the last write to the append-only file failed");
        }
        return findings;
    }
}
