package io.penstock.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ApiKeyCacheTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private Instant now = START;
    private final ApiKeyCache recent = new ApiKeyCache(Duration.ofSeconds(10), 2, () -> now);

    @Test
    void remembersAKeyForAWhile() {
        recent.remember(KeyHash.of("a"), key(null));

        now = START.plusSeconds(9);
        assertThat(recent.find(KeyHash.of("a"))).isPresent();
        now = START.plusSeconds(10);
        assertThat(recent.find(KeyHash.of("a"))).isEmpty();
    }

    @Test
    void neverOutlivesTheKey() {
        recent.remember(KeyHash.of("a"), key(START.plusSeconds(3)));

        now = START.plusSeconds(3);
        assertThat(recent.find(KeyHash.of("a"))).isEmpty();
    }

    @Test
    void dropsTheLeastRecentlyUsedWhenFull() {
        recent.remember(KeyHash.of("a"), key(null));
        recent.remember(KeyHash.of("b"), key(null));
        assertThat(recent.find(KeyHash.of("a"))).isPresent();
        recent.remember(KeyHash.of("c"), key(null));

        assertThat(recent.find(KeyHash.of("a"))).isPresent();
        assertThat(recent.find(KeyHash.of("b"))).isEmpty();
    }

    @Test
    void forgetsARevokedKeyAtOnce() {
        ApiKey key = key(null);
        recent.remember(KeyHash.of("a"), key);

        recent.forget(key.id());

        assertThat(recent.find(KeyHash.of("a"))).isEmpty();
    }

    private static ApiKey key(@Nullable Instant expiresAt) {
        return new ApiKey(UUID.randomUUID(), "test", Role.VIEWER, Scope.UNLIMITED, START, expiresAt, null, null);
    }
}
