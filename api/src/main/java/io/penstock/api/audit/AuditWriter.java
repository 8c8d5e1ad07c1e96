package io.penstock.api.audit;

import io.penstock.common.audit.AuditEntry;
import io.penstock.common.audit.AuditStore;
import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.PeriodicTask;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes entries before the caller has the answer. While PostgreSQL is away they wait in memory, so that operators can act on queues all
 * the same; when there are too many, no more such calls are taken. A process that is killed meanwhile loses them.
 */
@ApplicationScoped
class AuditWriter {

    /** Entries that wait before calls are refused. */
    static final int MOST_WAITING = 1_000;

    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(2);
    private static final Duration TIME_LIMIT = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Logger LOG = Logger.getLogger(AuditWriter.class);

    private final AuditStore store;
    private final Deque<AuditEntry> waiting = new ArrayDeque<>();
    private final PeriodicTask task;

    @Inject
    AuditWriter(Vertx vertx, AuditStore store) {
        this.store = store;
        this.task = PeriodicTask.task(
                        vertx, "write the audit that waits", PeriodicTask.every(BETWEEN_TRIES, this::runOnce))
                .timeLimit(TIME_LIMIT)
                .pauseAfterFailures(failures -> Backoff.jittered(BETWEEN_TRIES))
                .build();
    }

    void start(@Observes StartupEvent event) {
        task.start();
    }

    /** What could not be written is at least in the log. */
    void stop(@Observes ShutdownEvent event) {
        task.stop();
        for (AuditEntry entry = take(); entry != null; entry = take()) {
            LOG.errorf(
                    "not in the table of audit: %s by %s (%s): %s of %s",
                    entry.outcome().wire(), entry.actor().name(), entry.actor().id(), entry.action(), entry.target());
        }
    }

    /** False: entries wait, and too many of them. */
    synchronized boolean takesMore() {
        return waiting.size() < MOST_WAITING;
    }

    /**
     * Never fails. Answers when the entry is stored or waits.
     *
     * @param away what the entry is of failed because something was away: it waits without a try
     */
    Uni<Void> write(AuditEntry entry, boolean away) {
        if (away || hasWaiting()) {
            // It is away: nobody should wait to learn it again.
            keep(entry);
            return Uni.createFrom().voidItem();
        }
        return store.append(entry)
                .ifNoItem()
                .after(PATIENCE)
                .fail()
                .onFailure()
                .invoke(failure -> {
                    LOG.warnf("an entry of the audit waits, because PostgreSQL does not take it: %s", failure);
                    keep(entry);
                })
                .onFailure()
                .recoverWithNull();
    }

    /** Writes what waits, the oldest first, until one cannot be written. */
    Uni<Void> runOnce() {
        return Multi.createFrom()
                .iterable(all())
                .onItem()
                .transformToUniAndConcatenate(entry -> store.append(entry).invoke(() -> written(entry)))
                .collect()
                .last()
                .replaceWithVoid();
    }

    private synchronized boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    private synchronized void keep(AuditEntry entry) {
        waiting.addLast(entry);
    }

    private synchronized List<AuditEntry> all() {
        return List.copyOf(waiting);
    }

    private synchronized void written(AuditEntry entry) {
        waiting.remove(entry);
    }

    private synchronized @Nullable AuditEntry take() {
        return waiting.pollFirst();
    }
}
