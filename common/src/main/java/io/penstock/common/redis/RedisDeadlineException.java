package io.penstock.common.redis;

import java.time.Duration;

/** Redis did not answer in time; whether the command took effect is unknown. */
public final class RedisDeadlineException extends RuntimeException {

    public RedisDeadlineException(String link, Duration deadline) {
        super("Redis did not answer within " + deadline.toMillis() + " ms (link '" + link + "')", null, false, false);
    }
}
