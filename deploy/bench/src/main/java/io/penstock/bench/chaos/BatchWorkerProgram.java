package io.penstock.bench.chaos;

import io.penstock.bench.StartUp;
import io.penstock.bench.batch.BatchEngine;
import java.time.Duration;
import java.util.List;

/** One worker process of a run of batches. */
public final class BatchWorkerProgram {

    private static final Duration KEEP = Duration.ofSeconds(1);

    private BatchWorkerProgram() {}

    /**
     * Works until it is told to stop, or dies.
     *
     * @param args name of the worker
     */
    public static void main(String[] args) {
        StartUp.once();
        BatchEngine engine = new BatchEngine(
                RedisAddress.fromEnvironment().options(), System.getenv(WorkTable.URL_VARIABLE), BatchWork.KNOWN);
        engine.work(
                args[0],
                List.of(new BatchWork.Plain()),
                List.of(new BatchWork.Effect()),
                List.of(new BatchWork.Called(engine.pool())),
                KEEP);
        Runtime.getRuntime().addShutdownHook(new Thread(engine::close, "drain"));
        Supervisor.tie(() -> {});
        Supervisor.say(Supervisor.UP);
    }
}
