package io.penstock.common.flow.redis;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.flow.RateLimiter;
import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;
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
    private static final LuaScript PAUSE_PERMITS = LuaScript.load("pause-permits");
    private static final LuaScript LIFT_PAUSE = LuaScript.load("lift-pause");
    private static final LuaScript LOOK_AT_PERMITS = LuaScript.load("look-at-permits");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9:._%~-]{1,300}");

    private final RedisRouter routes;
    private final Duration deadline;

    @Inject
    public RedisRateLimiter(RedisRouter routes, @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        this.routes = routes;
        this.deadline = deadline;
    }

    @Override
    public Uni<Duration> tryAcquire(String name, RateLimit limit) {
        return take(name, limit).map(Taken::dueIn);
    }

    @Override
    public Uni<Taken> take(String name, RateLimit limit) {
        return run(TAKE_PERMIT, name, List.of(limit.intervalMicros(), limit.burst()))
                .map(reply -> new Taken(
                        Duration.ofMillis(reply.get(0).toLong()),
                        reply.get(1).toLong(),
                        Duration.ofMillis(reply.get(2).toLong())));
    }

    @Override
    public Uni<Void> pause(String name, RateLimit limit, Duration pause) {
        return run(PAUSE_PERMITS, name, List.of(limit.intervalMicros(), limit.burst(), pause.toMillis()))
                .replaceWithVoid();
    }

    @Override
    public Uni<Void> liftPause(String name, RateLimit limit) {
        return run(LIFT_PAUSE, name, List.of(limit.intervalMicros(), limit.burst()))
                .replaceWithVoid();
    }

    @Override
    public Uni<Permits> look(String name, RateLimit limit) {
        return run(LOOK_AT_PERMITS, name, List.of(limit.intervalMicros(), limit.burst()))
                .map(reply -> new Permits(
                        reply.get(0).toLong(), Duration.ofMillis(reply.get(1).toLong())));
    }

    private Uni<Response> run(LuaScript script, String name, List<?> args) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("rate limit name must match " + NAME.pattern());
        }
        return Uni.createFrom()
                .completionStage(() -> routes.run(script, List.of(RedisKeys.namedLimit(name)), args, deadline)
                        .toCompletionStage());
    }
}
