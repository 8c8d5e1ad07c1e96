package io.penstock.bench.chaos;

import io.penstock.bench.Platform;
import io.penstock.bench.StartUp;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.BlockingJobHandler;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One worker process of a run. Its arguments, its environment and the lines it writes are what workers of older and newer
 * builds are mixed by: they may be added to, but what is there must keep its meaning.
 */
public final class WorkerProgram {

    /** With what a poison job ends its worker. */
    static final int POISONED = 86;

    private static final Duration LEAVE_TO_OTHERS = Duration.ofMillis(200);
    private static final Duration DATABASE_AWAY = Duration.ofMillis(300);

    private WorkerProgram() {}

    /**
     * Works until it is told to stop, or dies.
     *
     * @param args name of the worker, its journal's file, how far its clock is off in ms, whether poison spares it
     */
    public static void main(String[] args) {
        StartUp.once();
        String name = args[0];
        Journal journal = new Journal(Path.of(args[1]));
        long offMs = Long.parseLong(args[2]);
        boolean spared = Boolean.parseBoolean(args[3]);
        InstantSource clock = () -> InstantSource.system().instant().plusMillis(offMs);
        ChaosEngine engine = new ChaosEngine(RedisAddress.fromEnvironment());
        WorkTable table = new WorkTable(engine.vertx(), System.getenv(WorkTable.URL_VARIABLE));
        ChaosHistory history = new ChaosHistory(engine.vertx(), System.getenv(WorkTable.URL_VARIABLE));
        Platform.RunningWorker worker = engine.startWorker(
                name,
                clock,
                List.of(new Work(engine, table, journal), new Poison(journal, spared), new HostileHandler(journal)),
                List.of(new Stubborn(journal)),
                journal,
                history);
        Standstill.watch(worker.context(), journal);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            worker.stop();
                            history.close();
                        },
                        "drain"));
        Supervisor.tie(() -> {});
        Supervisor.say(Supervisor.UP);
    }

    /** Takes its time and writes its row. Without PostgreSQL it is put off. */
    private record Work(ChaosEngine engine, WorkTable table, Journal journal) implements JobHandler<ChaosJob> {

        @Override
        public JobType<ChaosJob> type() {
            return ChaosJob.WORK;
        }

        @Override
        public Uni<Outcome> handle(ChaosJob job, JobContext context) {
            journal.begun(context.jobId(), context.attempt(), job.tag());
            Uni<Void> takesItsTime = Uni.createFrom().emitter(emitter -> engine.vertx()
                    .setTimer(Math.max(1, job.millis()), timer -> emitter.complete(null)));
            return takesItsTime
                    .chain(() -> table.note(job.tag()))
                    .invoke(() -> journal.ended(context.jobId(), context.attempt()))
                    .replaceWith(() -> Outcome.completed())
                    .onFailure()
                    .invoke(failure -> journal.puttingOff(context.jobId(), context.attempt()))
                    .onFailure()
                    .recoverWithItem(failure -> Outcome.snooze(DATABASE_AWAY, "PostgreSQL: " + failure));
        }
    }

    /** Ends its process. The worker that is spared leaves it to others. */
    private record Poison(Journal journal, boolean spared) implements JobHandler<ChaosJob> {

        @Override
        public JobType<ChaosJob> type() {
            return ChaosJob.POISON;
        }

        @Override
        public Uni<Outcome> handle(ChaosJob job, JobContext context) {
            if (spared) {
                return Uni.createFrom().item(Outcome.snooze(LEAVE_TO_OTHERS, "left to workers that may die of it"));
            }
            journal.begun(context.jobId(), context.attempt(), job.tag());
            Runtime.getRuntime().halt(POISONED);
            throw new IllegalStateException("unreachable");
        }
    }

    /** Goes on for its time, interrupted or not. */
    private record Stubborn(Journal journal) implements BlockingJobHandler<ChaosJob> {

        @Override
        public JobType<ChaosJob> type() {
            return ChaosJob.STUBBORN;
        }

        @Override
        public Outcome handle(ChaosJob job, JobContext context) {
            journal.begun(context.jobId(), context.attempt(), job.tag());
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(job.millis());
            for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                try {
                    TimeUnit.NANOSECONDS.sleep(left);
                } catch (InterruptedException e) {
                    // Ignored, which is the fault: it sleeps on.
                }
            }
            journal.ended(context.jobId(), context.attempt());
            return Outcome.completed();
        }
    }
}
