package io.penstock.scheduler;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive while ticks end, well or not: a database that is away is no reason to restart this process. */
@Liveness
@ApplicationScoped
public class TickLiveness implements HealthCheck {

    private final TickLoop loop;
    private final Duration stuckAfter;

    public TickLiveness(TickLoop loop, SchedulerConfig config) {
        this.loop = loop;
        this.stuckAfter = config.stuckAfter();
    }

    @Override
    public HealthCheckResponse call() {
        Duration since = loop.sinceLastEnd();
        return HealthCheckResponse.named("scheduler tick")
                .status(since.compareTo(stuckAfter) < 0)
                .withData("lastEndedMsAgo", since.toMillis())
                .build();
    }
}
