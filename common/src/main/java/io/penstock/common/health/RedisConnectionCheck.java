package io.penstock.common.health;

import io.penstock.common.redis.RedisReachability;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Alive means: the shared connection to Redis works, or no connection would. One that stays without answers while a new
 * one has them was not mended by what mends connections; a new process will have a good one. While Redis is away no
 * restart would help, so that only readiness goes down.
 */
@Liveness
@ApplicationScoped
public class RedisConnectionCheck implements HealthCheck {

    /** Far beyond the pauses of reconnecting and the deadline of a command. */
    private static final Duration STUCK_AFTER = Duration.ofSeconds(20);

    private final RedisReachability reach;

    @Inject
    RedisConnectionCheck(RedisReachability reach) {
        this.reach = reach;
    }

    @Override
    public HealthCheckResponse call() {
        Duration broken = reach.brokenFor();
        return HealthCheckResponse.named("shared Redis connection")
                .withData("brokenForMs", broken.toMillis())
                .status(broken.compareTo(STUCK_AFTER) < 0)
                .build();
    }
}
