package io.penstock.scheduler;

import io.penstock.common.health.FailureConfirmation;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/**
 * Alive while turns end, well or not, of the tick and of the loops beside it: a database that is away is no reason to
 * restart this process. A process that stood still is given time to go on.
 */
@Liveness
@ApplicationScoped
public class SchedulerLiveness implements HealthCheck {

    private static final Duration CONFIRM = Duration.ofSeconds(3);

    private final Scheduler scheduler;
    private final Duration stuckAfter;
    private final FailureConfirmation suspicion = new FailureConfirmation(CONFIRM);

    public SchedulerLiveness(Scheduler scheduler, SchedulerConfig config) {
        this.scheduler = scheduler;
        this.stuckAfter = config.stuckAfter();
    }

    @Override
    public HealthCheckResponse call() {
        Map<String, Duration> ages = scheduler.sinceLastTurns();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("scheduler tick");
        ages.forEach((loop, age) -> response.withData(loop + ", last ended ms ago", age.toMillis()));
        List<String> late = ages.entrySet().stream()
                .filter(loop -> loop.getValue().compareTo(stuckAfter) >= 0)
                .map(Map.Entry::getKey)
                .toList();
        return response.status(suspicion.confirmed(late, System.nanoTime()).isEmpty())
                .build();
    }
}
