package io.penstock.worker.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.penstock.common.job.FollowUp;
import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.JobProgress;
import io.penstock.common.queue.NativeReflection;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.PayloadUpgrade;
import io.penstock.worker.run.BlockingJobHandler;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Runs one handler once, on the calling thread, without queue, worker or container:
 *
 * <pre>{@code
 * HandlerRun.Ended run = HandlerRun.of(new GreetHandler()).attempt(2).with(new Greet("Ada", "Lovelace"));
 * assertThat(run.result()).isEqualTo("Hello, Ada Lovelace");
 * }</pre>
 *
 * The payload goes through JSON and its constraints first, as it would on its way through the queue.
 */
public final class HandlerRun<P> {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final JobType<P> type;
    private final Work<P> work;
    private int attempt = 1;
    private int maxAttempts = 3;
    private Duration timeout = Duration.ofMinutes(1);
    private String jobId = "job-1";
    private int progressBeforeCancel = Integer.MAX_VALUE;
    private PayloadUpgrade[] upgrades = {};

    private interface Work<P> {
        Outcome handle(P payload, JobContext context) throws Exception;
    }

    private HandlerRun(JobType<P> type, Work<P> work) {
        this.type = type;
        this.work = work;
    }

    public static <P> HandlerRun<P> of(JobHandler<P> handler) {
        return new HandlerRun<>(
                handler.type(),
                (payload, context) -> handler.handle(payload, context).await().atMost(PATIENCE));
    }

    public static <P> HandlerRun<P> of(BlockingJobHandler<P> handler) {
        return new HandlerRun<>(handler.type(), handler::handle);
    }

    /** 1 (default) for the first attempt. */
    public HandlerRun<P> attempt(int number) {
        attempt = number;
        maxAttempts = Math.max(maxAttempts, number);
        return this;
    }

    public HandlerRun<P> jobId(String id) {
        jobId = id;
        return this;
    }

    public HandlerRun<P> timeout(Duration duration) {
        timeout = duration;
        return this;
    }

    /** The job is cancelled before it starts. */
    public HandlerRun<P> cancelled() {
        return cancelledAfterProgress(0);
    }

    /** The job is cancelled once it has told its progress so often. */
    public HandlerRun<P> cancelledAfterProgress(int times) {
        progressBeforeCancel = times;
        return this;
    }

    /** What {@link #withStored} upgrades with. */
    public HandlerRun<P> upgrading(PayloadUpgrade upgrade) {
        upgrades = new PayloadUpgrade[] {upgrade};
        return this;
    }

    /** Runs the handler with this payload. Fails where a producer would be refused it. */
    public Ended with(P payload) {
        return withStored(TestPayloads.codec(upgrades).encode(type, payload), type.version());
    }

    /** Runs the handler with a stored payload, as an older producer wrote it. */
    public Ended withStored(String json, int version) {
        PayloadCodec codec = TestPayloads.codec(upgrades);
        Context context = new Context();
        try {
            P payload = codec.decode(type, claimed(json, version));
            Outcome outcome = work.handle(payload, context);
            if (outcome instanceof Outcome.Completed done && done.result() != null) {
                NativeReflection.faultOf(done.result()).ifPresent(fault -> {
                    throw new AssertionError("the result: " + fault);
                });
            }
            return context.ended(outcome, null);
        } catch (JsonProcessingException e) {
            throw new AssertionError("the payload does not parse", e);
        } catch (Exception e) {
            return context.ended(null, e);
        }
    }

    private ClaimedJob claimed(String json, int version) {
        return new ClaimedJob(
                new ClaimedJob.Lease() {},
                jobId,
                type.name(),
                0,
                attempt - 1,
                maxAttempts,
                0,
                timeout,
                RetryPolicy.exponential(Duration.ofSeconds(1)),
                json,
                Instant.now(),
                Instant.now(),
                JobLabels.NONE,
                null,
                version);
    }

    /**
     * What came of it.
     *
     * @param outcome null when the handler threw
     * @param failure what it threw, else null
     * @param progress every progress it told, in order
     * @param log every line it wrote, in order
     */
    public record Ended(
            @Nullable Outcome outcome, @Nullable Throwable failure, List<JobProgress> progress, List<String> log) {

        /** What the completed job returned; fails when it has not completed. */
        public @Nullable Object result() {
            if (outcome instanceof Outcome.Completed completed) {
                return completed.result();
            }
            throw new AssertionError("not completed, but " + (outcome != null ? outcome : failure), failure);
        }

        /** The jobs that are to follow it; none when it has not completed. */
        public List<FollowUp<?>> followUps() {
            return outcome instanceof Outcome.Completed completed ? completed.followUps() : List.of();
        }

        /** The percentages it told, in order. */
        public List<Integer> percents() {
            return progress.stream().map(JobProgress::percent).toList();
        }
    }

    private final class Context implements JobContext {

        private final List<JobProgress> progress = new CopyOnWriteArrayList<>();
        private final List<String> log = new CopyOnWriteArrayList<>();
        private final List<Runnable> whenCancelled = new CopyOnWriteArrayList<>();
        private final Instant deadline = Instant.now().plus(timeout);

        Ended ended(@Nullable Outcome outcome, @Nullable Throwable failure) {
            return new Ended(outcome, failure, List.copyOf(progress), List.copyOf(log));
        }

        @Override
        public String jobId() {
            return jobId;
        }

        @Override
        public String type() {
            return type.name();
        }

        @Override
        public String queue() {
            return type.queue();
        }

        @Override
        public int attempt() {
            return attempt;
        }

        @Override
        public int maxAttempts() {
            return maxAttempts;
        }

        @Override
        public Instant deadline() {
            return deadline;
        }

        @Override
        public boolean isCancelled() {
            return progress.size() >= progressBeforeCancel;
        }

        @Override
        public void whenCancelled(Runnable action) {
            whenCancelled.add(action);
            tellIfCancelled();
        }

        private void tellIfCancelled() {
            if (isCancelled()) {
                List<Runnable> waiting = List.copyOf(whenCancelled);
                whenCancelled.clear();
                waiting.forEach(Runnable::run);
            }
        }

        @Override
        public void progress(int percent, @Nullable String message) {
            progress.add(JobProgress.ofPercent(percent, message, attempt, Instant.now()));
            tellIfCancelled();
        }

        @Override
        public void progress(long done, long total) {
            progress.add(JobProgress.ofTotal(done, total, attempt, Instant.now()));
            tellIfCancelled();
        }

        @Override
        public void log(String line) {
            log.add(line);
        }
    }
}
