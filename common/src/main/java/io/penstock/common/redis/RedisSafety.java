package io.penstock.common.redis;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Looks whether the Redis server is set up so that it keeps jobs. It never changes a server's settings. */
@ApplicationScoped
public class RedisSafety {

    /** Scripts use what 7.0 has; older servers lack it. */
    private static final int OLDEST_MAJOR = 7;

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final RedisLink link;

    @Inject
    public RedisSafety(RedisLink link) {
        this.link = link;
    }

    /** What is unsafe, in words for an operator; empty when all is well. Fails while Redis cannot be asked. */
    public Uni<List<String>> findings() {
        return Uni.createFrom().completionStage(() -> info("server")
                .compose(server -> info("memory")
                        .compose(memory -> info("persistence").map(persistence -> judge(server, memory, persistence))))
                .toCompletionStage());
    }

    private Future<Map<String, String>> info(String section) {
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
