package io.penstock.api.overview;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/**
 * Tells whoever listens what changes. One look a second for all listeners of this process, and none while nobody listens. A
 * listener has no queue of its own: what it is to be told next is worked out when it asks for more, from the latest event of each topic. So one
 * that reads slowly hears less often, and one that does not read at all holds nothing but its connection, until it is dropped.
 */
@ApplicationScoped
class LiveFeed {

    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Nothing is said for so long at most, so that both ends know that the connection stands. */
    static final Duration TICK = Duration.ofSeconds(15);

    /** Listeners of one process at once. */
    static final int MOST = 200;

    static final String QUEUES = "queues";
    static final String WORKERS = "workers";
    static final String OVERVIEW = "overview";
    static final String SNAPSHOT = "snapshot";
    static final String TICKS = "tick";

    private final Observer observer;
    private final OverviewConfig config;
    private final ObjectMapper json;
    private final PeriodicTask looks;
    private final String process = Long.toHexString(System.currentTimeMillis() & 0xffff_ffffL);
    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();

    private final LiveBoard board = new LiveBoard();

    @Inject
    LiveFeed(Observer observer, OverviewConfig config, ObjectMapper json, Vertx vertx) {
        this.observer = observer;
        this.config = config;
        this.json = json;
        this.looks = PeriodicTask.task(vertx, "tell of changes", this::look)
                .timeLimit(Duration.ofSeconds(10))
                .build();
    }

    boolean isFull() {
        return listeners.size() >= MOST;
    }

    /** What precedes the number in the id of an event: a number of another process means nothing here. */
    String process() {
        return process;
    }

    /**
     * @param behind the last event that the caller has heard, see {@link #process}; empty: none
     * @param drop cuts the caller's connection off
     */
    Multi<LiveEvent> listen(Optional<Long> behind, Runnable drop) {
        return Multi.createFrom()
                .emitter(
                        emitter -> {
                            Listener listener = new Listener(emitter, behind, drop);
                            listeners.add(listener);
                            emitter.onTermination(() -> listeners.remove(listener));
                            emitter.onRequest(listener);
                            looks.runNow();
                        },
                        BackPressureStrategy.ERROR);
    }

    /** One listener: how far it has heard, and how much it can take. */
    private final class Listener implements LongConsumer {

        private final MultiEmitter<? super LiveEvent> emitter;
        private final Runnable drop;
        private final Map<String, Long> heard = new HashMap<>();
        private boolean knowsAll;
        private long wanted;
        private long toldNanos = System.nanoTime();

        Listener(MultiEmitter<? super LiveEvent> emitter, Optional<Long> behind, Runnable drop) {
            this.emitter = emitter;
            this.drop = drop;
            behind.filter(board::remembers).ifPresent(number -> {
                knowsAll = true;
                board.topics().forEach(topic -> heard.put(topic, number));
            });
            wanted = emitter.requested();
        }

        /** It can take so many more. */
        @Override
        public synchronized void accept(long more) {
            wanted = wanted + more < 0 ? Long.MAX_VALUE : wanted + more;
            tell();
        }

        synchronized void tell() {
            if (!board.isFilled()) {
                return;
            }
            if (!knowsAll && wanted > 0) {
                LiveEvent snapshot = board.snapshot();
                knowsAll = true;
                board.topics().forEach(topic -> heard.put(topic, snapshot.number()));
                send(snapshot);
            }
            for (LiveEvent event : knowsAll ? board.behind(heard) : List.<LiveEvent>of()) {
                if (wanted <= 0) {
                    break;
                }
                heard.put(event.topic(), event.number());
                send(event);
            }
            Duration silent = Duration.ofNanos(System.nanoTime() - toldNanos);
            if (wanted > 0 && silent.compareTo(TICK) > 0) {
                send(board.tick());
            } else if (wanted <= 0 && silent.compareTo(config.listenerPatience()) > 0) {
                // Its end would wait in the same buffer that nobody empties.
                emitter.complete();
                drop.run();
            }
        }

        private void send(LiveEvent event) {
            wanted--;
            toldNanos = System.nanoTime();
            emitter.emit(event);
        }
    }

    private Uni<Duration> look() {
        if (listeners.isEmpty()) {
            // Whoever comes next asks for a look.
            return Uni.createFrom().item(Duration.ofHours(1));
        }
        return observer.now().invoke(this::note).replaceWith(LOOK);
    }

    private void note(Observation seen) {
        board.note(seen, ProblemFinder.find(config, seen), this::text);
        listeners.forEach(Listener::tell);
    }

    private String text(Object data) {
        try {
            return json.writeValueAsString(data);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an event cannot be written", e);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        looks.stop();
        listeners.forEach(listener -> listener.emitter.complete());
    }
}
