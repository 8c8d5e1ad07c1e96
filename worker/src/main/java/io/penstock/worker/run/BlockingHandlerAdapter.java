package io.penstock.worker.run;

import io.opentelemetry.context.Context;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A blocking handler seen as a reactive one: runs on a thread of its own, which is interrupted when the job is cancelled,
 * timed out or lost. It ends when its thread does, so that a handler that goes on regardless is not taken for stopped.
 */
final class BlockingHandlerAdapter<P> implements JobHandler<P> {

    private final BlockingJobHandler<P> handler;
    private final ExecutorService threads;

    BlockingHandlerAdapter(BlockingJobHandler<P> handler, ExecutorService threads) {
        this.handler = handler;
        this.threads = threads;
    }

    BlockingJobHandler<P> handler() {
        return handler;
    }

    @Override
    public JobType<P> type() {
        return handler.type();
    }

    /** The thread has to end by itself in any case; whether it is interrupted is settled here. */
    @Override
    public boolean stopsItself() {
        return true;
    }

    @Override
    public Uni<Outcome> handle(P payload, JobContext context) {
        return Uni.createFrom().emitter(emitter -> {
            Run run = new Run(payload, context, emitter);
            try {
                threads.execute(Context.current().wrap(run));
            } catch (RejectedExecutionException e) {
                emitter.fail(e);
                return;
            }
            emitter.onTermination(run::interrupt);
            if (!handler.stopsItself()) {
                context.whenCancelled(run::interrupt);
            }
        });
    }

    /** One run. Only its own thread is interrupted, never one that the pool has given to another job since. */
    private final class Run implements Runnable {

        private final P payload;
        private final JobContext context;
        private final UniEmitter<? super Outcome> emitter;
        private @Nullable Thread thread;
        private boolean interrupted;

        Run(P payload, JobContext context, UniEmitter<? super Outcome> emitter) {
            this.payload = payload;
            this.context = context;
            this.emitter = emitter;
        }

        @Override
        public void run() {
            if (!begin()) {
                emitter.fail(new InterruptedException("cancelled before it began"));
                return;
            }
            try {
                Outcome outcome = handler.handle(payload, context);
                end();
                emitter.complete(outcome);
            } catch (Throwable e) {
                end();
                emitter.fail(e);
            }
        }

        private synchronized boolean begin() {
            thread = Thread.currentThread();
            return !interrupted;
        }

        private synchronized void end() {
            thread = null;
            if (interrupted) {
                // The pool's next task must not find the flag that was meant for this one.
                Thread.interrupted();
            }
        }

        synchronized void interrupt() {
            interrupted = true;
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
