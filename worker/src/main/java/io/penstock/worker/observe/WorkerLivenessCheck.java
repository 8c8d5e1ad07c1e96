package io.penstock.worker.observe;

import io.penstock.common.health.FailureConfirmation;
import io.penstock.common.redis.RedisReachability;
import io.penstock.worker.run.MonitoredLoops;
import io.penstock.worker.run.StuckLoop;
import io.penstock.worker.run.Worker;
import io.penstock.worker.run.WorkerConfig;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/**
 * Alive means: work comes round. Claims end and go well while there are free slots, leases are renewed, ends are stored,
 * the queues are maintained, the history is written. What does not is a loop that will not mend itself, and the process should be replaced.
 *
 * <p>While Redis is away, or says no to everybody, no restart would help, so that only readiness goes down; nor is an
 * empty or paused queue, or one whose slots are all taken, a reason. It takes two checks in a row, and after an outage Redis
 * must have answered for a while: the loops have their pauses. The probe never waits for Redis.
 */
@Liveness
@ApplicationScoped
public class WorkerLivenessCheck implements HealthCheck {

    /** Beyond the longest pauses of reconnecting and of repeated claims and stores together. */
    private static final Duration CONFIRM = Duration.ofSeconds(8);

    private final Supplier<String> worker;
    private final Function<Duration, List<StuckLoop>> stuckLoops;
    private final Duration stuckAfter;
    private final Supplier<Duration> redisAnswersFor;
    private final Duration confirm;
    private final FailureConfirmation suspicion;

    @Inject
    WorkerLivenessCheck(
            Worker worker, WorkerConfig config, RedisReachability redis, @All List<MonitoredLoops> besides) {
        this(
                worker::id,
                limit -> Stream.concat(
                                worker.stuckLoops(limit).stream(),
                                besides.stream().flatMap(loops -> loops.stuckLoops(limit).stream()))
                        .toList(),
                config.stuckAfter(),
                redis::answeringFor,
                CONFIRM);
    }

    WorkerLivenessCheck(
            Supplier<String> worker,
            Function<Duration, List<StuckLoop>> stuckLoops,
            Duration stuckAfter,
            Supplier<Duration> redisAnswersFor,
            Duration confirm) {
        this.worker = worker;
        this.stuckLoops = stuckLoops;
        this.stuckAfter = stuckAfter;
        this.redisAnswersFor = redisAnswersFor;
        this.confirm = confirm;
        this.suspicion = new FailureConfirmation(confirm);
    }

    @Override
    public HealthCheckResponse call() {
        List<StuckLoop> seen = stuckLoops.apply(stuckAfter);
        boolean redisIsFine = redisAnswersFor.get().compareTo(confirm) >= 0;
        Set<String> own = seen.stream()
                .filter(loop -> redisIsFine || !loop.mayBeRedis())
                .map(StuckLoop::where)
                .collect(Collectors.toSet());
        List<String> stuck = suspicion.confirmed(own, System.nanoTime());
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("work comes round").withData("worker", worker.get());
        seen.forEach(loop -> response.withData(
                loop.where(), loop.what() + ", for " + loop.since().toSeconds() + " s"));
        return response.status(stuck.isEmpty()).build();
    }
}
