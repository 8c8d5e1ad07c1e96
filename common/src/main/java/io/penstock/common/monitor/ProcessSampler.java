package io.penstock.common.monitor;

import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.loop.PeriodicTask;
import io.penstock.common.pool.DatabasePools;
import io.penstock.common.pool.PoolSample;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Writes down every minute what this process did with its pools and how fast it answered. One that did nothing writes nothing. */
@ApplicationScoped
public class ProcessSampler {

    static final Duration EVERY = Duration.ofMinutes(1);

    private final String process =
            ProcessHandle.current().pid() + "-" + UUID.randomUUID().toString().substring(0, 8);
    private final DatabasePools pools;
    private final SampleStore store;
    private final AnswerTimes answers;
    private final PeriodicTask task;

    @Inject
    ProcessSampler(DatabasePools pools, SampleStore store, MeterRegistry meters, Vertx vertx) {
        this.pools = pools;
        this.store = store;
        this.answers = new AnswerTimes(meters);
        this.task = PeriodicTask.task(
                        EventLoopContext.background(vertx),
                        "write down what this process did",
                        PeriodicTask.every(EVERY, this::runOnce))
                .timeLimit(Duration.ofSeconds(30))
                .pauseAfterFailures(failures -> EVERY)
                .build();
    }

    void start(@Observes StartupEvent event) {
        task.startAfter(EVERY);
    }

    void stop(@Observes ShutdownEvent event) {
        task.stop();
    }

    /** How samples name this process. */
    public String process() {
        return process;
    }

    /** A minute whose figures cannot be written is lost: figures are not worth memory. */
    Uni<Void> runOnce() {
        List<PoolSample> used =
                pools.takeSamples().stream().filter(PoolSample::isWorthTelling).toList();
        return store.add(process, used, answers.take());
    }
}
