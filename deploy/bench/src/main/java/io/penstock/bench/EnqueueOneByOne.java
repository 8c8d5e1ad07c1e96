package io.penstock.bench;

import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.JobEnqueuer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** One caller that waits for each answer before it enqueues the next job. */
final class EnqueueOneByOne implements Measurement {

    private static final int JSON_BYTES = 4_096;

    private final Payload payload = Payload.ofJsonBytes(JSON_BYTES);

    @Override
    public Figures measure(Run run) {
        try (Engine engine = run.engine(1)) {
            EventLoopContext context = engine.newContext();
            enqueue(engine.enqueuer(), context, run.warmUp());
            run.redis().remove(Engine.QUEUE);
            Effort.Start start = Effort.start(run.redis());
            Latencies latencies = enqueue(engine.enqueuer(), context, run.jobs());
            Effort effort = start.end();
            return effort.rate(effort.cpu(run.figures())).withLatency(latencies);
        }
    }

    private Latencies enqueue(JobEnqueuer enqueuer, EventLoopContext context, long jobs) {
        Caller caller = new Caller(enqueuer, context, jobs);
        context.runOnContext(turn -> caller.next());
        try {
            return caller.done.join();
        } catch (CompletionException e) {
            throw new BenchException("enqueue failed: " + e.getCause());
        }
    }

    private final class Caller {

        private final JobEnqueuer enqueuer;
        private final EventLoopContext context;
        private final CompletableFuture<Latencies> done = new CompletableFuture<>();
        private final Latencies latencies = new Latencies();
        private long left;
        private long calledAt;

        Caller(JobEnqueuer enqueuer, EventLoopContext context, long jobs) {
            this.enqueuer = enqueuer;
            this.context = context;
            this.left = jobs;
        }

        void next() {
            if (left-- == 0) {
                done.complete(latencies);
                return;
            }
            calledAt = System.nanoTime();
            enqueuer.enqueue(Engine.TYPE, payload)
                    .subscribe()
                    .with(answer -> context.execute(() -> ended(null)), this::ended);
        }

        private void ended(@Nullable Throwable failure) {
            if (failure != null) {
                done.completeExceptionally(failure);
                return;
            }
            latencies.add(System.nanoTime() - calledAt);
            next();
        }
    }
}
