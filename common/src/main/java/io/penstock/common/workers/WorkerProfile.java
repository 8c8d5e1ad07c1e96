package io.penstock.common.workers;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;

/**
 * What does not change while a worker process lives.
 *
 * @param version of the application
 * @param sharedSlots slots that its queues share; 0: they do not
 * @param types job types that it has a handler for
 */
@RegisterForReflection
@JsonIgnoreProperties(ignoreUnknown = true)
public record WorkerProfile(
        String host,
        String address,
        long pid,
        String version,
        Instant startedAt,
        int sharedSlots,
        List<Queue> queues,
        List<String> types) {

    /** A queue that it serves. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Queue(String queue, int slots) {}

    /** Jobs that it runs at once, at most. */
    public int slots() {
        int own = queues.stream().mapToInt(Queue::slots).sum();
        return sharedSlots == 0 ? own : Math.min(own, sharedSlots);
    }

    public boolean serves(String queue) {
        return queues.stream().anyMatch(one -> one.queue().equals(queue));
    }
}
