package io.penstock.worker.observe;

import io.penstock.common.redis.RedisPing;
import io.penstock.worker.run.QueueWorker;
import io.penstock.worker.run.Worker;
import io.penstock.worker.run.WorkerConfig;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/**
 * Alive means: every claim loop comes round. A loop that does not, although Redis answers, will not mend itself, and
 * the process should be replaced. While Redis is away no restart would help, so that only readiness goes down.
 */
@Liveness
@ApplicationScoped
public class ProgressCheck implements AsyncHealthCheck {

    private final Worker worker;
    private final Duration stuckAfter;
    private final RedisPing redis;

    @Inject
    public ProgressCheck(Worker worker, WorkerConfig config, RedisPing redis) {
        this.worker = worker;
        this.stuckAfter = config.stuckAfter();
        this.redis = redis;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("claim loops").withData("worker", worker.id());
        boolean stuck = false;
        for (QueueWorker queue : worker.queues()) {
            Duration idle = queue.sinceLastTurn();
            if (idle.compareTo(stuckAfter) > 0) {
                stuck = true;
                response.withData(queue.queue(), "no turn for " + idle.toSeconds() + " s");
            }
        }
        if (!stuck) {
            return Uni.createFrom().item(response.up().build());
        }
        return redis.answers().map(answers -> response.status(!answers).build());
    }
}
