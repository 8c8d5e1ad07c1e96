package io.penstock.api.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Keys found valid a moment ago, so that a busy caller costs no query per request. Bounded in time, because other
 * replicas revoke keys too, and in number. Unknown keys are not remembered: guesses must not push out what is valid.
 */
@ApplicationScoped
class ApiKeyCache {

    /** The key and until when it may be trusted. */
    private record KnownKey(ApiKey key, Instant until) {}

    private final Duration duration;
    private final InstantSource clock;
    private final Map<String, KnownKey> byHash;

    @Inject
    ApiKeyCache(AccessConfig config) {
        this(config.keyCacheDuration(), config.keyCacheSize(), InstantSource.system());
    }

    ApiKeyCache(Duration duration, int size, InstantSource clock) {
        this.duration = duration;
        this.clock = clock;
        this.byHash = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, KnownKey> eldest) {
                return size() > size;
            }
        };
    }

    synchronized Optional<ApiKey> find(KeyHash hash) {
        KnownKey entry = byHash.get(hash.hex());
        if (entry == null) {
            return Optional.empty();
        }
        if (clock.instant().isBefore(entry.until())) {
            return Optional.of(entry.key());
        }
        byHash.remove(hash.hex());
        return Optional.empty();
    }

    synchronized void remember(KeyHash hash, ApiKey key) {
        Instant until = clock.instant().plus(duration);
        Instant expiry = key.expiresAt();
        byHash.put(hash.hex(), new KnownKey(key, expiry != null && expiry.isBefore(until) ? expiry : until));
    }

    synchronized void forget(UUID id) {
        byHash.values().removeIf(entry -> entry.key().id().equals(id));
    }
}
