package io.penstock.common.queue.redis;

import io.penstock.common.job.FailureKind;
import io.penstock.common.queue.CancelRequest;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicy;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A worker that serves every partition of a queue, as a process with a claim loop for each does: it asks them in turn
 * and ends each job where it came from.
 */
final class AllPartitions implements QueueConsumer {

    private final List<QueueConsumer> consumers;
    private final Map<ClaimedJob, QueueConsumer> origins = new IdentityHashMap<>();

    AllPartitions(List<QueueConsumer> consumers) {
        this.consumers = consumers;
    }

    @Override
    public QueuePolicy policy() {
        return consumers.get(0).policy();
    }

    @Override
    public int partition() {
        return consumers.get(0).partition();
    }

    @Override
    public Lane lane() {
        return consumers.get(0).lane();
    }

    @Override
    public Uni<List<ClaimedJob>> claim(int slots, Duration wait) {
        return claimFrom(0, new ArrayList<>(), slots, wait);
    }

    private Uni<List<ClaimedJob>> claimFrom(int next, List<ClaimedJob> got, int slots, Duration wait) {
        if (next == consumers.size() || got.size() >= slots) {
            return Uni.createFrom().item(got);
        }
        QueueConsumer consumer = consumers.get(next);
        return consumer.claim(slots - got.size(), wait).chain(jobs -> {
            jobs.forEach(job -> origins.put(job, consumer));
            got.addAll(jobs);
            return claimFrom(next + 1, got, slots, wait);
        });
    }

    @Override
    public Uni<List<ClaimedJob>> recover(Collection<ClaimedJob> held) {
        Uni<List<ClaimedJob>> all = Uni.createFrom().item(new ArrayList<>());
        for (QueueConsumer consumer : consumers) {
            List<ClaimedJob> its =
                    held.stream().filter(job -> origin(job) == consumer).toList();
            all = all.chain(found -> consumer.recover(its).map(more -> {
                more.forEach(job -> origins.put(job, consumer));
                found.addAll(more);
                return found;
            }));
        }
        return all;
    }

    @Override
    public Uni<Boolean> begin(ClaimedJob job) {
        return origin(job).begin(job);
    }

    @Override
    public Uni<Set<ClaimedJob>> renew(Collection<ClaimedJob> jobs) {
        return spread(jobs, job -> job, QueueConsumer::renew);
    }

    @Override
    public Uni<Set<ClaimedJob>> finish(List<FinishedJob> jobs) {
        return spread(jobs, FinishedJob::job, QueueConsumer::finish);
    }

    @Override
    public Uni<Set<ClaimedJob>> handBack(List<ClaimedJob> jobs) {
        return spread(jobs, job -> job, QueueConsumer::handBack);
    }

    private <T> Uni<Set<ClaimedJob>> spread(
            Collection<T> all,
            Function<T, ClaimedJob> jobOf,
            BiFunction<QueueConsumer, List<T>, Uni<Set<ClaimedJob>>> action) {
        Map<QueueConsumer, List<T>> parts = new IdentityHashMap<>();
        all.forEach(one -> parts.computeIfAbsent(origin(jobOf.apply(one)), from -> new ArrayList<>())
                .add(one));
        Set<ClaimedJob> lost = Collections.newSetFromMap(new IdentityHashMap<>());
        Uni<Set<ClaimedJob>> result = Uni.createFrom().item(lost);
        for (Map.Entry<QueueConsumer, List<T>> part : parts.entrySet()) {
            result = result.chain(sofar -> action.apply(part.getKey(), part.getValue()))
                    .map(more -> {
                        lost.addAll(more);
                        return lost;
                    });
        }
        return result;
    }

    private QueueConsumer origin(ClaimedJob job) {
        return Objects.requireNonNull(origins.get(job), "a job of this worker");
    }

    @Override
    public Uni<Boolean> retryLater(ClaimedJob job, Duration delay, String error, FailureKind kind) {
        return origin(job).retryLater(job, delay, error, kind);
    }

    @Override
    public Uni<Boolean> snooze(ClaimedJob job, Duration delay, String why) {
        return origin(job).snooze(job, delay, why);
    }

    @Override
    public Uni<Boolean> snoozeWithGroup(ClaimedJob job, Duration delay, String why) {
        return origin(job).snoozeWithGroup(job, delay, why);
    }

    @Override
    public Uni<Map<String, Instant>> pausedGroups() {
        Uni<Map<String, Instant>> all = Uni.createFrom().item(new HashMap<>());
        for (QueueConsumer consumer : consumers) {
            all = all.chain(found -> consumer.pausedGroups().map(more -> {
                found.putAll(more);
                return found;
            }));
        }
        return all;
    }

    @Override
    public Uni<Set<ClaimedJob>> park(List<ClaimedJob> jobs) {
        return spread(jobs, job -> job, QueueConsumer::park);
    }

    @Override
    public Uni<Boolean> bury(ClaimedJob job, String reason, FailureKind kind) {
        return origin(job).bury(job, reason, kind);
    }

    @Override
    public Uni<Boolean> drop(ClaimedJob job, Dropped as, String why) {
        return origin(job).drop(job, as, why);
    }

    /** A partition passes the jobs of others over. */
    @Override
    public Uni<List<CancelRequest>> cancelRequests(Collection<ClaimedJob> jobs) {
        Uni<List<CancelRequest>> all = Uni.createFrom().item(new ArrayList<>());
        for (QueueConsumer consumer : consumers) {
            all = all.chain(found -> consumer.cancelRequests(jobs).map(more -> {
                found.addAll(more);
                return found;
            }));
        }
        return all;
    }

    @Override
    public Instant now() {
        return consumers.get(0).now();
    }

    @Override
    public void close() {
        consumers.forEach(QueueConsumer::close);
    }
}
