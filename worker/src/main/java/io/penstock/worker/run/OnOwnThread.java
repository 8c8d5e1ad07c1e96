package io.penstock.worker.run;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/** A blocking handler seen as a reactive one: runs on a thread of its own, which is interrupted when the job is cancelled. */
final class OnOwnThread<P> implements JobHandler<P> {

    private final BlockingJobHandler<P> handler;
    private final ExecutorService threads;

    OnOwnThread(BlockingJobHandler<P> handler, ExecutorService threads) {
        this.handler = handler;
        this.threads = threads;
    }

    @Override
    public JobType<P> type() {
        return handler.type();
    }

    @Override
    public Uni<Outcome> handle(P payload, JobContext context) {
        return Uni.createFrom().emitter(emitter -> {
            try {
                Future<?> running = threads.submit(() -> {
                    try {
                        emitter.complete(handler.handle(payload, context));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        emitter.fail(e);
                    } catch (Throwable e) {
                        emitter.fail(e);
                    }
                });
                emitter.onTermination(() -> running.cancel(true));
            } catch (RejectedExecutionException e) {
                emitter.fail(e);
            }
        });
    }
}
