package io.penstock.common.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.RedisNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RedisSafetyTest {

    private static final Map<String, String> SERVER = Map.of("redis_version", "7.0.15");
    private static final Map<String, String> MEMORY = Map.of("maxmemory_policy", "noeviction");
    private static final Map<String, String> PERSISTENCE = Map.of("aof_enabled", "1", "aof_last_write_status", "ok");

    @Test
    void findsNothingWrongWithASafeServer() {
        assertThat(RedisSafety.judge(SERVER, MEMORY, PERSISTENCE)).isEmpty();
    }

    @Test
    void namesWhatIsUnsafe() {
        assertThat(RedisSafety.judge(Map.of("redis_version", "6.2.1"), MEMORY, PERSISTENCE))
                .singleElement()
                .asString()
                .contains("older");
        assertThat(RedisSafety.judge(SERVER, Map.of("maxmemory_policy", "allkeys-lru"), PERSISTENCE))
                .singleElement()
                .asString()
                .contains("allkeys-lru");
        assertThat(RedisSafety.judge(SERVER, MEMORY, Map.of("aof_enabled", "0")))
                .singleElement()
                .asString()
                .contains("appendonly");
    }

    @Test
    void saysWhenTheClocksDisagree() {
        assertThat(RedisSafety.withClock(List.of(), Duration.ofMinutes(-10)))
                .containsExactly("the clock of this process is -600 s off that of Redis");
        assertThat(RedisSafety.withClock(List.of(), Duration.ofSeconds(1))).isEmpty();
    }

    @Test
    void aCacheMayEvictAndMustHaveABound() {
        assertThat(RedisSafety.judgeCache(Map.of("maxmemory", "1000", "maxmemory_policy", "allkeys-lru")))
                .isEmpty();
        assertThat(RedisSafety.judgeCache(Map.of("maxmemory", "1000", "maxmemory_policy", "noeviction")))
                .singleElement()
                .asString()
                .contains("noeviction", "allkeys-lru");
        assertThat(RedisSafety.judgeCache(Map.of("maxmemory", "0", "maxmemory_policy", "allkeys-lru")))
                .singleElement()
                .asString()
                .contains("no maxmemory");
    }

    @Test
    void aCacheThatIsAwayIsToldAndTheQueuesAreJudgedAllTheSame() {
        try (RedisFixture redis = new RedisFixture(EmbeddedServers.redisUrl());
                RedisNode cache = RedisNode.start("maxmemory", "10mb", "maxmemory-policy", "allkeys-lru");
                RedisFixture cacheRedis = new RedisFixture(cache.url());
                RedisRouter queueRoutes = redis.routes();
                RedisRouter cacheRoutes = cacheRedis.routes()) {
            RedisSafety safety = new RedisSafety(queueRoutes, Optional.of(cacheRoutes));
            List<String> beside = safety.findings().await().atMost(Duration.ofSeconds(20));
            assertThat(beside).noneMatch(finding -> finding.contains("cache"));

            cache.kill();

            assertThat(safety.findings().await().atMost(Duration.ofSeconds(20)))
                    .containsAll(beside)
                    .anyMatch(finding -> finding.contains("the Redis of the cache does not answer"));
        }
    }
}
