package io.penstock.common.redis;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Redis did not answer in time; whether the command took effect is unknown. */
public final class RedisDeadlineException extends RuntimeException {

    public RedisDeadlineException(String link, Duration deadline) {
        this(link, deadline, null);
    }

    /** @param lastRefusal what the servers said meanwhile, if anything */
    RedisDeadlineException(String link, Duration deadline, @Nullable Throwable lastRefusal) {
        super(
                "Redis did not answer within " + deadline.toMillis() + " ms (link '" + link + "')"
                        + (lastRefusal == null ? "" : ", last: " + lastRefusal.getMessage()),
                null,
                false,
                false);
    }
}
