package io.penstock.bench.chaos;

import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.util.List;
import java.util.Map;

/**
 * Where the Redis of a {@link Ground} is and of which kind it is. It reaches the processes of a run through their
 * environment, because arguments can be read by everybody on the machine.
 *
 * @param urls of the server, of the sentinels, or of some nodes of the cluster
 * @param masterName what the sentinels call the master; empty for the other kinds
 */
public record RedisAddress(RedisClientType type, List<String> urls, String masterName) {

    private static final String TYPE = "PENSTOCK_CHAOS_REDIS_TYPE";
    private static final String URLS = "PENSTOCK_CHAOS_REDIS";
    private static final String MASTER = "PENSTOCK_CHAOS_REDIS_MASTER";

    public static RedisAddress ofServer(String url) {
        return new RedisAddress(RedisClientType.STANDALONE, List.of(url), "");
    }

    static RedisAddress fromEnvironment() {
        Map<String, String> environment = System.getenv();
        return new RedisAddress(
                RedisClientType.valueOf(environment.getOrDefault(TYPE, "")),
                List.of(environment.getOrDefault(URLS, "").split(",")),
                environment.getOrDefault(MASTER, ""));
    }

    Map<String, String> environment() {
        return Map.of(TYPE, type.name(), URLS, String.join(",", urls), MASTER, masterName);
    }

    RedisOptions options() {
        RedisOptions options = new RedisOptions().setType(type).setEndpoints(urls);
        return masterName.isEmpty() ? options : options.setMasterName(masterName);
    }
}
