package io.penstock.common.health;

import io.penstock.common.loop.EventLoopContext;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/**
 * Alive means: every event loop comes round. Each look leaves a task with every loop, and the next one sees whether it was
 * run. A loop that someone blocks for longer than {@link #STUCK_AFTER} serves no request and renews no lease.
 */
@Liveness
@ApplicationScoped
public class EventLoopsCheck implements HealthCheck {

    /** As long as the default lease: by then others have taken over what the loop was to look after. */
    static final Duration STUCK_AFTER = Duration.ofSeconds(30);

    private static final Duration CONFIRM = Duration.ofSeconds(3);

    private final List<Loop> loops = new ArrayList<>();
    private final FailureConfirmation suspicion;
    private final long stuckAfterNanos;

    @Inject
    EventLoopsCheck(Vertx vertx) {
        this(vertx, STUCK_AFTER, CONFIRM);
    }

    EventLoopsCheck(Vertx vertx, Duration stuckAfter, Duration confirm) {
        int number = 0;
        for (Executor executor : EventLoopContext.allLoops(vertx)) {
            loops.add(new Loop("event loop " + number++, executor));
        }
        this.stuckAfterNanos = stuckAfter.toNanos();
        this.suspicion = new FailureConfirmation(confirm);
    }

    @Override
    public HealthCheckResponse call() {
        long now = System.nanoTime();
        List<String> late = loops.stream()
                .filter(loop -> loop.waitedFor(now) > stuckAfterNanos)
                .map(loop -> loop.name)
                .toList();
        loops.forEach(loop -> loop.leaveTask(now));
        List<String> stuck = suspicion.confirmed(late, now);
        HealthCheckResponseBuilder response = HealthCheckResponse.named("event loops");
        late.forEach(name -> response.withData(name, "does not come round"));
        return response.status(stuck.isEmpty()).build();
    }

    /** One loop and the task that was left with it. */
    private static final class Loop {

        private final String name;
        private final Executor executor;
        private volatile boolean waiting;
        private volatile long leftNanos;

        Loop(String name, Executor executor) {
            this.name = name;
            this.executor = executor;
        }

        /** How long the task has not been run; 0: it was, or there is none. */
        long waitedFor(long nowNanos) {
            return waiting ? nowNanos - leftNanos : 0;
        }

        void leaveTask(long nowNanos) {
            if (!waiting) {
                leftNanos = nowNanos;
                waiting = true;
                executor.execute(() -> waiting = false);
            }
        }
    }
}
