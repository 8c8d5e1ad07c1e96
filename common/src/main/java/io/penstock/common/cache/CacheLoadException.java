package io.penstock.common.cache;

import java.time.Duration;

/** A loader did not come to an end in time. */
public final class CacheLoadException extends RuntimeException {

    CacheLoadException(String cache, String key, Duration limit) {
        super("cache " + cache + ": the load of " + key + " did not end within " + limit.toMillis() + " ms");
    }
}
