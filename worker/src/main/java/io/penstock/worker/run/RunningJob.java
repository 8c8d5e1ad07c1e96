package io.penstock.worker.run;

import io.penstock.common.queue.ClaimedJob;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One attempt in progress. Changed on the claim loop's thread only; handlers may ask from any. */
final class RunningJob implements JobContext {

    private static final Logger LOG = Logger.getLogger(RunningJob.class);

    private final String queue;
    private final ClaimedJob job;
    private final Instant startedAt;
    private final ProgressWriter writer;
    private final long startedNanos = System.nanoTime();
    private @Nullable Cancellable attempt;
    private final List<Runnable> whenCancelled = new ArrayList<>();
    private volatile boolean cancelled;
    private boolean stopsItself;
    private boolean cancelRequests;
    private boolean ended;
    /** Made when the handler first says something. */
    private @Nullable JobProgressBuffer progressBuffer;

    RunningJob(String queue, ClaimedJob job, Instant startedAt, ProgressWriter writer) {
        this.queue = queue;
        this.job = job;
        this.startedAt = startedAt;
        this.writer = writer;
    }

    ClaimedJob job() {
        return job;
    }

    Instant startedAt() {
        return startedAt;
    }

    Duration ran() {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    Duration waited() {
        Duration waited = Duration.between(job.readyAt(), startedAt);
        return waited.isNegative() ? Duration.ZERO : waited;
    }

    /** @param handlerStopsItself see {@link JobHandler#stopsItself()} */
    void attempt(boolean handlerStopsItself, Cancellable subscription) {
        stopsItself = handlerStopsItself;
        attempt = subscription;
    }

    boolean stopsItself() {
        return stopsItself;
    }

    /** True for the first caller only, and only while the attempt has not ended. Tells the handler. */
    boolean requestCancel() {
        if (cancelRequests || ended) {
            return false;
        }
        cancelRequests = true;
        tell();
        return true;
    }

    boolean isCancelRequested() {
        return cancelRequests;
    }

    /** True for the first caller only: an attempt ends once, whether by its handler, by time-out or by loss. */
    boolean end() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    boolean hasEnded() {
        return ended;
    }

    void cancel() {
        tell();
        if (attempt != null) {
            attempt.cancel();
        }
    }

    @Override
    public void progress(int percent, @Nullable String message) {
        progressBuffer().percent(percent, message);
    }

    @Override
    public void progress(long done, long total) {
        progressBuffer().total(done, total);
    }

    @Override
    public void log(String line) {
        progressBuffer().line(line);
    }

    private synchronized JobProgressBuffer progressBuffer() {
        JobProgressBuffer now = progressBuffer;
        if (now == null) {
            now = new JobProgressBuffer(writer, job.id(), job.attempt());
            progressBuffer = now;
        }
        return now;
    }

    /** Goes on when what the handler said is written down; at once when it said nothing. */
    void afterFinalUpdate(Runnable then) {
        JobProgressBuffer last;
        synchronized (this) {
            last = progressBuffer;
        }
        if (last == null) {
            then.run();
        } else {
            writer.finish(last, then);
        }
    }

    /** Forgets what the handler said and is not written down: the job is no longer this worker's. */
    synchronized void discard() {
        if (progressBuffer != null) {
            progressBuffer.discard();
        }
    }

    boolean isOverdue() {
        return ran().compareTo(job.timeout()) > 0;
    }

    @Override
    public String jobId() {
        return job.id();
    }

    @Override
    public String type() {
        return job.type();
    }

    @Override
    public String queue() {
        return queue;
    }

    @Override
    public int attempt() {
        return job.attempt();
    }

    @Override
    public int maxAttempts() {
        return job.maxAttempts();
    }

    @Override
    public Instant deadline() {
        return startedAt.plus(job.timeout());
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void whenCancelled(Runnable action) {
        synchronized (whenCancelled) {
            if (!cancelled) {
                whenCancelled.add(action);
                return;
            }
        }
        action.run();
    }

    private void tell() {
        List<Runnable> actions;
        synchronized (whenCancelled) {
            cancelled = true;
            actions = List.copyOf(whenCancelled);
            whenCancelled.clear();
        }
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.errorf(e, "job %s: what its handler wanted done on cancellation failed", jobId());
            }
        }
    }
}
