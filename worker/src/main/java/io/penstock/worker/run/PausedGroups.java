package io.penstock.worker.run;

import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.QueueConsumer;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps jobs of paused groups from starting that were let in before the pause. A claim loop asks it before it starts jobs of
 * groups; it asks Redis at most once in {@link #KNOWN_FOR}, and not at all while no job has a group. Confined to the queue's event loop.
 */
final class PausedGroups {

    /** A pause holds for jobs that are claimed so much later. */
    static final Duration KNOWN_FOR = Duration.ofMillis(500);

    private final QueueConsumer consumer;
    private Map<String, Instant> until = Map.of();
    private long learnedNanos;
    private boolean learned;
    private boolean sorting;

    PausedGroups(QueueConsumer consumer) {
        this.consumer = consumer;
    }

    /** Whether some of the jobs have to be sorted out before any of them may start, as far as is known, or whether that is not known. */
    boolean mayHold(Collection<ClaimedJob> jobs) {
        if (sorting) {
            return true;
        }
        boolean fresh = learned && System.nanoTime() - learnedNanos < KNOWN_FOR.toNanos();
        if (fresh && until.isEmpty()) {
            return false;
        }
        for (ClaimedJob job : jobs) {
            if (job.labels().group().isPresent() && (!fresh || isPaused(job))) {
                return true;
            }
        }
        return false;
    }

    private boolean isPaused(ClaimedJob job) {
        Instant end = job.labels().group().map(until::get).orElse(null);
        return end != null && end.isAfter(consumer.now());
    }

    /** Whether a sorting is under way. */
    boolean sortsOut() {
        return sorting;
    }

    /** Learns which groups are paused, and sends their jobs back; answers with the jobs that are no longer the caller's to start. */
    Uni<Set<ClaimedJob>> sortOut(List<ClaimedJob> jobs) {
        sorting = true;
        return consumer.pausedGroups()
                .onItem()
                .transformToUni(now -> {
                    learn(now);
                    List<ClaimedJob> leave =
                            jobs.stream().filter(this::isPaused).toList();
                    return leave.isEmpty() ? Uni.createFrom().item(Set.<ClaimedJob>of()) : park(leave);
                })
                .onFailure()
                .invoke(() -> learn(Map.of()))
                .onTermination()
                .invoke(() -> sorting = false);
    }

    private void learn(Map<String, Instant> now) {
        until = Map.copyOf(now);
        learnedNanos = System.nanoTime();
        learned = true;
    }

    private Uni<Set<ClaimedJob>> park(List<ClaimedJob> jobs) {
        return consumer.park(jobs).map(stay -> {
            Set<ClaimedJob> gone = Collections.newSetFromMap(new IdentityHashMap<>());
            gone.addAll(jobs);
            gone.removeAll(stay);
            if (!stay.isEmpty()) {
                // Their pauses are over, whatever was read before.
                Map<String, Instant> left = new HashMap<>(until);
                stay.forEach(job -> job.labels().group().ifPresent(left::remove));
                until = Map.copyOf(left);
            }
            return gone;
        });
    }
}
