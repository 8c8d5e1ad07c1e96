package io.penstock.api.jobs;

import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobEndNotifications;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Callers that wait for the ends of jobs: a bounded number, woken when the end of their job is announced, when one may
 * have been missed, or when the process is about to stop.
 */
@ApplicationScoped
class ResultSubscribers implements JobEndNotifications.Listener {

    private final JobEndNotifications ends;
    private final int most;
    private final Map<String, Set<Waiter>> byJob = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private boolean listening;
    private volatile boolean stopping;

    @Inject
    ResultSubscribers(JobEndNotifications ends, ResultConfig config) {
        this.ends = ends;
        this.most = config.maxWaiting();
    }

    /** One caller's wait. To be closed. */
    final class Waiter implements AutoCloseable {

        private final String jobId;
        private volatile CompletableFuture<@Nullable JobState> news = new CompletableFuture<>();

        private Waiter(String jobId) {
            this.jobId = jobId;
        }

        /** How the job ended; empty when it is only time, or reason, to look again. */
        Uni<Optional<JobState>> news(Duration most) {
            // A copy: the end of the patience cancels it, and the news may be wanted by a later look.
            return Uni.createFrom()
                    .completionStage(() -> news.copy())
                    .invoke(this::heard)
                    .ifNoItem()
                    .after(most)
                    .recoverWithItem(() -> null)
                    .map(Optional::ofNullable);
        }

        private synchronized void wake(@Nullable JobState how) {
            news.complete(how);
        }

        private synchronized void heard() {
            news = new CompletableFuture<>();
        }

        @Override
        public void close() {
            byJob.computeIfPresent(jobId, (id, all) -> {
                if (all.remove(this)) {
                    waiting.decrementAndGet();
                }
                return all.isEmpty() ? null : all;
            });
        }
    }

    /** Empty when there is no room, or the process is about to stop. */
    Optional<Waiter> register(String jobId) {
        listen();
        if (stopping) {
            return Optional.empty();
        }
        if (waiting.incrementAndGet() > most) {
            waiting.decrementAndGet();
            return Optional.empty();
        }
        Waiter waiter = new Waiter(jobId);
        byJob.compute(jobId, (id, all) -> {
            Set<Waiter> with = all == null ? ConcurrentHashMap.newKeySet() : all;
            with.add(waiter);
            return with;
        });
        return Optional.of(waiter);
    }

    /** A process nobody waits in needs no connection for it. */
    private synchronized void listen() {
        if (!listening) {
            listening = true;
            ends.listen(this);
        }
    }

    /** Callers that wait now. */
    int waiting() {
        return waiting.get();
    }

    @Override
    public void ended(String jobId, JobState how) {
        byJob.getOrDefault(jobId, Set.of()).forEach(waiter -> waiter.wake(how));
    }

    @Override
    public void mayHaveMissed() {
        byJob.values().forEach(all -> all.forEach(waiter -> waiter.wake(null)));
    }

    boolean isStopping() {
        return stopping;
    }

    /** Requests under way hold the stop up: those that only wait are answered with what is known. */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        stopping = true;
        mayHaveMissed();
    }

    void stop(@Observes ShutdownEvent event) {
        stopping = true;
        mayHaveMissed();
    }
}
