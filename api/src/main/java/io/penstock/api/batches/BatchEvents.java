package io.penstock.api.batches;

import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchStore;
import io.penstock.common.loop.PeriodicTask;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.smallrye.mutiny.subscription.MultiEmitter;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Tells whoever listens how batches go on. One look for all batches that somebody of this process listens to, however many listen, and
 * none while nobody does.
 */
@ApplicationScoped
class BatchEvents {

    /** At most four events a second for each batch, and each within a second. */
    private static final Duration LOOK = Duration.ofMillis(300);

    /** Listeners of one process at once. */
    static final int MOST = 500;

    private final BatchStore store;
    private final PeriodicTask looks;
    private final Map<UUID, Set<Listener>> listeners = new ConcurrentHashMap<>();
    private final AtomicInteger listening = new AtomicInteger();

    @Inject
    BatchEvents(Vertx vertx, BatchStore store) {
        this.store = store;
        this.looks = PeriodicTask.task(vertx, "tell of batches", this::look)
                .timeLimit(Duration.ofSeconds(10))
                .build();
    }

    /** What one listener has been told. Confined to the looks, which never overlap. */
    private static final class Listener {

        private final MultiEmitter<? super BatchAnswer> emitter;
        private @Nullable BatchAnswer last;

        Listener(MultiEmitter<? super BatchAnswer> emitter) {
            this.emitter = emitter;
        }

        void tell(BatchAnswer now, boolean end) {
            if (!now.equals(last)) {
                last = now;
                emitter.emit(now);
            }
            if (end) {
                emitter.complete();
            }
        }
    }

    boolean isFull() {
        return listening.get() >= MOST;
    }

    /** How the batch is now, and then each change, until it ends. A listener that is too slow hears of the latest only. */
    Multi<BatchAnswer> of(UUID id) {
        return Multi.createFrom()
                .<BatchAnswer>emitter(
                        emitter -> {
                            Listener listener = new Listener(emitter);
                            listeners
                                    .computeIfAbsent(id, unused -> ConcurrentHashMap.newKeySet())
                                    .add(listener);
                            listening.incrementAndGet();
                            emitter.onTermination(() -> remove(id, listener));
                            looks.runNow();
                        },
                        BackPressureStrategy.LATEST);
    }

    private void remove(UUID id, Listener listener) {
        listeners.computeIfPresent(id, (unused, all) -> {
            if (all.remove(listener)) {
                listening.decrementAndGet();
            }
            return all.isEmpty() ? null : all;
        });
    }

    private Uni<Duration> look() {
        if (listeners.isEmpty()) {
            // Whoever comes next asks for a look.
            return Uni.createFrom().item(Duration.ofHours(1));
        }
        return store.findAll(Set.copyOf(listeners.keySet())).invoke(this::tell).replaceWith(LOOK);
    }

    private void tell(List<Batch> batches) {
        for (Batch batch : batches) {
            BatchAnswer now = BatchAnswer.of(batch);
            listeners
                    .getOrDefault(batch.id(), Set.of())
                    .forEach(listener -> listener.tell(now, batch.status().isEnd()));
        }
    }

    void stop(@Observes ShutdownEvent event) {
        looks.stop();
        listeners.values().forEach(all -> all.forEach(listener -> listener.emitter.complete()));
    }
}
