package io.penstock.bench;

import io.penstock.common.job.Outcome;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.worker.run.JobContext;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** An idle worker and one job at a time: from the call that enqueues it to the first line of its handler. */
final class PickUp implements Measurement {

    /** What a queue has that nobody configured. */
    private static final int SLOTS = 5;

    private static final int JSON_BYTES = 200;
    /** Between two jobs, so that the worker is back in its blocking read. */
    private static final long PAUSE_MS = 1;

    private final Payload payload = Payload.ofJsonBytes(JSON_BYTES);

    @Override
    public Figures measure(Run run) {
        try (Engine engine = run.engine(SLOTS)) {
            Completions completions = new Completions();
            Clock clock = new Clock();
            Platform.RunningWorker worker = engine.startWorker(clock, completions);
            Caller caller = new Caller(engine, clock);
            completions.onEach(caller::oneIsStored);
            caller.pickUp(run.warmUp());
            Effort.Start start = Effort.start(run.redis());
            Latencies latencies = caller.pickUp(run.jobs());
            Effort effort = start.end();
            worker.stop();
            return effort.cpu(run.figures()).withLatency(latencies);
        }
    }

    /** Notes when the handler was called. One job at a time: the next is enqueued after this one is stored. */
    private static final class Clock extends NoOpHandler {

        private volatile long startedAt;

        @Override
        public Uni<Outcome> handle(Payload payload, JobContext context) {
            startedAt = System.nanoTime();
            return super.handle(payload, context);
        }
    }

    private final class Caller {

        private final JobEnqueuer enqueuer;
        private final EventLoopContext context;
        private final Clock clock;
        private CompletableFuture<Latencies> done = new CompletableFuture<>();
        private Latencies latencies = new Latencies();
        private long left;
        private long calledAt;

        Caller(Engine engine, Clock clock) {
            this.enqueuer = engine.enqueuer();
            this.context = engine.newContext();
            this.clock = clock;
        }

        Latencies pickUp(long jobs) {
            CompletableFuture<Latencies> all = new CompletableFuture<>();
            context.runOnContext(turn -> {
                done = all;
                latencies = new Latencies();
                left = jobs;
                next();
            });
            try {
                return all.join();
            } catch (CompletionException e) {
                throw new BenchException("enqueue failed: " + e.getCause());
            }
        }

        void oneIsStored() {
            context.execute(() -> {
                latencies.add(clock.startedAt - calledAt);
                context.setTimer(PAUSE_MS, timer -> next());
            });
        }

        private void next() {
            if (left-- == 0) {
                done.complete(latencies);
                return;
            }
            calledAt = System.nanoTime();
            enqueuer.enqueue(Engine.TYPE, payload).subscribe().with(answer -> {}, done::completeExceptionally);
        }
    }
}
