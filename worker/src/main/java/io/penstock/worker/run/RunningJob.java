package io.penstock.worker.run;

import io.opentelemetry.api.trace.Span;
import io.penstock.common.job.FailureText;
import io.penstock.common.queue.ClaimedJob;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, from its start until its end is stored: what was claimed, since when it runs, how it is stopped, what it
 * says, and in the end what comes next. Changed on the claim loop's thread only; handlers may ask from any.
 */
final class RunningJob implements JobContext {

    private static final Logger LOG = Logger.getLogger(RunningJob.class);

    private final String queue;
    private final ClaimedJob claimed;
    private final Instant startedAt;
    private final ProgressWriter writer;
    private final @Nullable Span span;
    private final long startedNanos = System.nanoTime();
    private @Nullable Cancellable attempt;
    /** Null: its payload holds no secrets that texts could quote. */
    private volatile @Nullable UnaryOperator<String> mask;

    private final List<Runnable> whenCancelled = new ArrayList<>();
    private volatile boolean cancelled;
    private boolean stopsItself;
    private boolean cancelRequested;
    private boolean ended;
    private Duration ranFor = Duration.ZERO;
    private @Nullable NextStep nextStep;
    /** Made when the handler first says something. */
    private @Nullable JobProgressBuffer progressBuffer;

    /** @param span its attempt's; null: it is not traced */
    RunningJob(String queue, ClaimedJob claimed, Instant startedAt, ProgressWriter writer, @Nullable Span span) {
        this.span = span;
        this.queue = queue;
        this.claimed = claimed;
        this.startedAt = startedAt;
        this.writer = writer;
    }

    ClaimedJob claimed() {
        return claimed;
    }

    Instant startedAt() {
        return startedAt;
    }

    Duration ran() {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    /** How long the attempt took, from the start to {@link #decide}. */
    Duration ranFor() {
        return ranFor;
    }

    Instant endedAt() {
        return startedAt.plus(ranFor);
    }

    Duration waited() {
        Duration waited = Duration.between(claimed.readyAt(), startedAt);
        return waited.isNegative() ? Duration.ZERO : waited;
    }

    /** @param mask for all that is told of this run */
    void maskedBy(UnaryOperator<String> mask) {
        this.mask = mask;
    }

    private @Nullable String masked(@Nullable String text) {
        UnaryOperator<String> known = mask;
        return known == null || text == null ? text : known.apply(text);
    }

    /** @param handlerStopsItself see {@link JobHandler#stopsItself()} */
    void stoppedByItself(boolean handlerStopsItself) {
        stopsItself = handlerStopsItself;
    }

    /** @param subscription stops the handler when it is cancelled */
    void attempt(Cancellable subscription) {
        attempt = subscription;
    }

    boolean stopsItself() {
        return stopsItself;
    }

    /** True for the first caller only, and only while the attempt has not ended. Tells the handler. */
    boolean requestCancel() {
        if (cancelRequested || ended) {
            return false;
        }
        cancelRequested = true;
        tell();
        return true;
    }

    boolean isCancelRequested() {
        return cancelRequested;
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

    /** The attempt has ended; this is what comes next. */
    void decide(NextStep step) {
        ranFor = ran();
        UnaryOperator<String> known = mask;
        NextStep told = known == null ? step : step.masked(known);
        nextStep = told;
        JobTracing.end(span, told, ranFor.toNanos());
    }

    /** Makes its span the current one in the calling context, which is the job's own. */
    @SuppressWarnings("MustBeClosedChecker") // as long as the context
    void enterTrace() {
        if (span != null) {
            span.makeCurrent();
        }
    }

    /** Another end than the one that was decided, which cannot be stored. */
    void decideInstead(NextStep step) {
        nextStep = step;
    }

    /** Only of a job that has ended. */
    NextStep nextStep() {
        return Objects.requireNonNull(nextStep, "the job still runs");
    }

    void cancel() {
        tell();
        if (attempt != null) {
            guarded(attempt::cancel);
        }
    }

    @Override
    public void progress(int percent, @Nullable String message) {
        progressBuffer().percent(percent, masked(message));
    }

    @Override
    public void progress(long done, long total) {
        progressBuffer().total(done, total);
    }

    @Override
    public void log(String line) {
        UnaryOperator<String> known = mask;
        progressBuffer().line(known == null ? line : known.apply(line));
    }

    private synchronized JobProgressBuffer progressBuffer() {
        JobProgressBuffer now = progressBuffer;
        if (now == null) {
            now = new JobProgressBuffer(writer, claimed.id(), claimed.attempt());
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
        return ran().compareTo(claimed.timeout()) > 0;
    }

    @Override
    public String jobId() {
        return claimed.id();
    }

    @Override
    public String type() {
        return claimed.type();
    }

    @Override
    public String queue() {
        return queue;
    }

    @Override
    public int attempt() {
        return claimed.attempt();
    }

    @Override
    public int maxAttempts() {
        return claimed.maxAttempts();
    }

    @Override
    public Instant deadline() {
        return startedAt.plus(claimed.timeout());
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
            guarded(action);
        }
    }

    /** What handlers want done on cancellation may throw anything, and the job has to end all the same. */
    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            JobLogContext.during(
                    queue,
                    claimed,
                    () -> LOG.errorf(
                            "job %s: what its handler wanted done on cancellation failed: %s",
                            jobId(), FailureText.withStack(e)));
        }
    }
}
