package io.penstock.common.flow.redis;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.flow.RateLimiter;
import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** One script and one small key per limit; Redis's clock decides, so that the clocks of the callers do not matter. */
@ApplicationScoped
public class RedisRateLimiter implements RateLimiter {

    private static final LuaScript TAKE_PERMIT = LuaScript.load("take-permit");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9:._-]{1,200}");

    private final RedisRouter routes;
    private final Duration deadline;

    @Inject
    public RedisRateLimiter(RedisRouter routes, @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        this.routes = routes;
        this.deadline = deadline;
    }

    @Override
    public Uni<Duration> tryAcquire(String name, RateLimit limit) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("rate limit name must match " + NAME.pattern());
        }
        return Uni.createFrom().completionStage(() -> routes.run(
                        TAKE_PERMIT,
                        List.of(RedisKeys.namedLimit(name)),
                        List.of(limit.intervalMicros(), limit.burst()),
                        deadline)
                .map(reply -> Duration.ofMillis(reply.toLong()))
                .toCompletionStage());
    }
}
