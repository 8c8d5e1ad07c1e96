package io.penstock.common.queue;

import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.PeriodicTask;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Learns each second what operators have decided of the queues' limits, in every process. It asks Redis, which answers while
 * PostgreSQL is away. Where Redis has lost it, what is known goes on to hold, and is brought back from PostgreSQL.
 */
@ApplicationScoped
public class QueueLimitsSync {

    private static final Logger LOG = Logger.getLogger(QueueLimitsSync.class);

    /** What an operator decides is in force everywhere within two of these. */
    private static final Duration ASK_EVERY = Duration.ofSeconds(1);

    /** So long a process waits at its start: with the configured limits it would do more than it may, or less. */
    private static final Duration FIRST = Duration.ofSeconds(2);

    private final QueuePolicies policies;
    private final LimitBoard board;
    private final LimitStore store;
    private final PeriodicTask task;
    private final CompletableFuture<@Nullable Void> learned = new CompletableFuture<>();
    /** Of what is known here; -1: nothing is yet. */
    private volatile long version = -1;
    /** What PostgreSQL holds may not be in Redis yet. */
    private volatile boolean behind = true;

    @Inject
    public QueueLimitsSync(QueuePolicies policies, LimitBoard board, LimitStore store, Vertx vertx) {
        this.policies = policies;
        this.board = board;
        this.store = store;
        this.task = PeriodicTask.task(vertx, "learn the limits of queues", PeriodicTask.every(ASK_EVERY, this::runOnce))
                .backoff(new Backoff(Duration.ofMillis(200), ASK_EVERY))
                .build();
    }

    /** Before anybody claims or enqueues. */
    void start(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) StartupEvent event) {
        task.start();
        try {
            learned.get(FIRST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("no limits of queues were learned yet: until then the configured ones hold");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void stop(@Observes ShutdownEvent event) {
        task.stop();
    }

    /** Looks once, and learns what has changed. */
    public Uni<Void> runOnce() {
        return board.version().chain(there -> {
            if (there.isEmpty()) {
                return reconcile();
            }
            Uni<Void> latest = there.getAsLong() == version
                    ? Uni.createFrom().voidItem()
                    : board.read().invoke(found -> found.ifPresent(this::learn)).replaceWithVoid();
            return behind ? latest.chain(this::catchUp) : latest;
        });
    }

    private Uni<Void> catchUp() {
        return reconcile()
                .onFailure()
                .invoke(failure -> LOG.debugf("limits of queues are not compared yet: %s", failure.getMessage()))
                .onFailure()
                .recoverWithNull();
    }

    /** Puts what PostgreSQL holds where all look, unless that is newer, and learns what is there then. Tried again until it is done. */
    public Uni<Void> reconcile() {
        return Uni.createFrom()
                .deferred(() -> {
                    behind = true;
                    return store.all();
                })
                .chain(board::put)
                .chain(board::read)
                .invoke(found -> {
                    found.ifPresent(this::learn);
                    behind = false;
                })
                .replaceWithVoid();
    }

    private void learn(LimitOverrides overrides) {
        policies.override(overrides);
        version = overrides.version();
        learned.complete(null);
    }
}
