package io.penstock.common.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
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
}
