package io.penstock.worker.run;

import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobEvents;
import io.penstock.common.job.FailureText;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.ProgressStore;
import io.penstock.common.queue.ProgressUpdate;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.WholeText;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what running jobs of one line say: many jobs in one call, each job at most once in {@code writeEvery}, on
 * an event loop other than the claim loop's. Bounded: whoever finds no room in line, or speaks while Redis is away, is
 * not heard, which is counted. A job that ends is written down at once, before its end is stored, but waits no longer
 * than {@link #LAST_WORDS} for it.
 */
final class ProgressWriter {

    private static final Logger LOG = Logger.getLogger(ProgressWriter.class);

    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final QueueConsumer consumer;
    private final ProgressSettings with;
    private final JobEvents events;
    private final EventLoopContext context;
    private final Queue<JobProgressBuffer> line = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean turnPlanned = new AtomicBoolean();
    private final Queue<LastWords> ending = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean endPlanned = new AtomicBoolean();
    private volatile boolean failing;

    /** A job that waits for its last words to be written. */
    private record LastWords(ProgressUpdate report, Runnable then) {}

    /** @param near any context; the writer takes one of its own */
    ProgressWriter(QueueConsumer consumer, ProgressSettings with, JobEvents events, EventLoopContext near) {
        this.consumer = consumer;
        this.with = with;
        this.events = events;
        this.context = near.createAnother();
    }

    Instant now() {
        return consumer.now();
    }

    String abbreviated(String text) {
        String cut = text.length() <= with.maxLineLength() ? text : text.substring(0, with.maxLineLength()) + "…";
        return WholeText.repaired(cut);
    }

    /** False when there is no room. */
    boolean lineUp(JobProgressBuffer progressBuffer) {
        if (waiting.incrementAndGet() > with.maxWaiting()) {
            waiting.decrementAndGet();
            return false;
        }
        line.add(progressBuffer);
        planTurn();
        return true;
    }

    private void planTurn() {
        if (turnPlanned.compareAndSet(false, true)) {
            context.setTimer(Math.max(1, with.writeInterval().toMillis()), timer -> turn(waiting.get()));
        }
    }

    /** Writes for those who were in line when it began, one call after the other. */
    private void turn(int left) {
        List<ProgressUpdate> batch = new ArrayList<>();
        int heard = 0;
        while (heard < left && batch.size() < ProgressStore.MAX_REPORTS) {
            JobProgressBuffer progressBuffer = line.poll();
            if (progressBuffer == null) {
                break;
            }
            heard++;
            waiting.decrementAndGet();
            addTo(batch, progressBuffer.take());
        }
        int rest = left - heard;
        boolean more = heard > 0 && rest > 0;
        write(batch, () -> {
            if (more) {
                turn(rest);
            } else {
                turnPlanned.set(false);
                if (!line.isEmpty()) {
                    planTurn();
                }
            }
        });
    }

    private static void addTo(List<ProgressUpdate> batch, @Nullable ProgressUpdate report) {
        if (report != null) {
            batch.add(report);
        }
    }

    /** Writes a job's last words, then goes on; jobs that end together are written together. */
    void finish(JobProgressBuffer progressBuffer, Runnable then) {
        progressBuffer.close();
        ProgressUpdate report = progressBuffer.take();
        if (report == null) {
            then.run();
            return;
        }
        ending.add(new LastWords(report, then));
        planEnd();
    }

    private void planEnd() {
        if (endPlanned.compareAndSet(false, true)) {
            context.runOnContext(turn -> {
                endPlanned.set(false);
                List<LastWords> batch = new ArrayList<>();
                while (batch.size() < ProgressStore.MAX_REPORTS && !ending.isEmpty()) {
                    batch.add(ending.remove());
                }
                if (!ending.isEmpty()) {
                    planEnd();
                }
                write(
                        batch.stream().map(LastWords::report).toList(),
                        () -> batch.forEach(words -> words.then().run()));
            });
        }
    }

    private void write(List<ProgressUpdate> batch, Runnable then) {
        if (batch.isEmpty()) {
            then.run();
            return;
        }
        Supplier<Uni<? extends Void>> write =
                () -> with.progressStore().write(consumer.policy().queue(), consumer.partition(), batch);
        Uni.createFrom()
                .<Void>deferred(write)
                .ifNoItem()
                .after(LAST_WORDS)
                .fail()
                .subscribe()
                .with(
                        done -> {
                            failing = false;
                            context.execute(then);
                        },
                        failure -> {
                            notWritten(batch, failure);
                            context.execute(then);
                        });
    }

    private void notWritten(List<ProgressUpdate> batch, Throwable failure) {
        if (!failing) {
            failing = true;
            LOG.warnf(
                    "queue %s: what running jobs say is not written down for now: %s",
                    consumer.policy().queue(), FailureText.message(failure));
        }
        dropped(batch.stream()
                .mapToInt(report -> report.lines().size() + (report.progress() == null ? 0 : 1))
                .sum());
    }

    void dropped(int words) {
        if (words > 0) {
            events.fire(new JobEvent.ProgressDropped(consumer.policy().queue(), words));
        }
    }
}
