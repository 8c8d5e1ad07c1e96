package io.penstock.worker.history;

import io.penstock.common.history.HistoryPolicy;
import io.penstock.common.queue.QueueConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;

/** What the history keeps of each queue, from the queue's settings. */
@ApplicationScoped
public class HistoryPolicies {

    /**
     * Of one queue.
     *
     * @param payload whether payloads are kept too
     */
    public record Kept(HistoryPolicy policy, boolean payload) {}

    /** Of a queue that nobody configured; as {@link QueueConfig.Queue} says. */
    static final Kept DEFAULT = new Kept(HistoryPolicy.FAILURES, false);

    private final Map<String, Kept> byQueue;

    @Inject
    public HistoryPolicies(QueueConfig config) {
        Map<String, Kept> kept = new HashMap<>();
        config.queues()
                .forEach((queue, settings) -> kept.put(queue, new Kept(settings.history(), settings.historyPayload())));
        this.byQueue = Map.copyOf(kept);
    }

    /** For programs without a bean container. */
    public HistoryPolicies(Map<String, Kept> byQueue) {
        this.byQueue = Map.copyOf(byQueue);
    }

    public Kept of(String queue) {
        return byQueue.getOrDefault(queue, DEFAULT);
    }
}
