package io.penstock.scheduler;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive while ticks end, well or not: a database that is away is no reason to restart this process. */
@Liveness
@ApplicationScoped
public class SchedulerLiveness implements HealthCheck {

    private final Scheduler scheduler;
    private final Duration stuckAfter;

    public SchedulerLiveness(Scheduler scheduler, SchedulerConfig config) {
        this.scheduler = scheduler;
        this.stuckAfter = config.stuckAfter();
    }

    @Override
    public HealthCheckResponse call() {
        Duration since = scheduler.sinceLastTick();
        return HealthCheckResponse.named("scheduler tick")
                .status(since.compareTo(stuckAfter) < 0)
                .withData("lastEndedMsAgo", since.toMillis())
                .build();
    }
}
