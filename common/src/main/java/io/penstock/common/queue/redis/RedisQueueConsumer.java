package io.penstock.common.queue.redis;

import io.penstock.common.job.FailureKind;
import io.penstock.common.queue.CancelRequest;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one worker does with one lane of a partition: {@link JobClaimer} claims, {@link LeaseOperations} keeps the leases,
 * {@link JobCompletions} and {@link JobEndings} end jobs, {@link JobReleaser} gives back those that did not complete.
 */
final class RedisQueueConsumer implements QueueConsumer {

    private final Supplier<QueuePolicy> current;
    private final int partition;
    private final Lane lane;
    private final RedisRouter reader;
    private final @Nullable SharedReader shared;
    private final RedisRouter commands;
    private final Duration deadline;
    private final RedisClock clock;
    private final JobClaimer claimer;
    private final LeaseOperations leases;
    private final JobCompletions completions;
    private final JobEndings endings;
    private final JobReleaser releaser;

    /**
     * @param policy as it is configured
     * @param reader blocks while it waits for jobs; nobody else may use it
     * @param shared for the time without jobs; null: there is none
     * @param commands for everything else
     */
    RedisQueueConsumer(
            QueuePolicy policy,
            int partition,
            Lane lane,
            String workerId,
            RedisRouter reader,
            @Nullable SharedReader shared,
            RedisRouter commands,
            RedisClock clock,
            QueuePolicies policies,
            CrossPartitionForwarder forwarder,
            Duration deadline) {
        this.current = () -> policies.inForce(policy);
        this.partition = partition;
        this.lane = lane;
        Streams streams = Streams.of(policy, partition);
        TransitionScripts transitions = new TransitionScripts(current, streams, commands, forwarder, deadline);
        this.reader = reader;
        this.shared = shared;
        this.commands = commands;
        this.deadline = deadline;
        this.clock = clock;
        this.claimer = new JobClaimer(current, streams, lane, workerId, reader, shared, commands, deadline);
        this.leases = new LeaseOperations(streams, workerId, commands, deadline);
        this.endings = new JobEndings(transitions);
        this.completions = new JobCompletions(transitions, endings, policies, workerId);
        this.releaser = new JobReleaser(transitions);
    }

    @Override
    public QueuePolicy policy() {
        return current.get();
    }

    @Override
    public int partition() {
        return partition;
    }

    @Override
    public Lane lane() {
        return lane;
    }

    @Override
    public Uni<List<ClaimedJob>> claim(int slots, Duration wait) {
        return claimer.claim(slots, wait);
    }

    @Override
    public void stopWaiting() {
        if (shared != null) {
            shared.stopWaiting();
        }
    }

    @Override
    public Uni<Void> limitsChanged() {
        return claimer.limitsChanged();
    }

    @Override
    public Uni<List<ClaimedJob>> recover(Collection<ClaimedJob> held) {
        return claimer.recover(held);
    }

    @Override
    public Uni<Boolean> begin(ClaimedJob job) {
        return leases.begin(job);
    }

    @Override
    public Uni<Set<ClaimedJob>> renew(Collection<ClaimedJob> jobs) {
        return leases.renew(jobs);
    }

    @Override
    public Uni<List<CancelRequest>> cancelRequests(Collection<ClaimedJob> jobs) {
        return leases.cancelRequests(jobs);
    }

    @Override
    public Uni<Set<ClaimedJob>> finish(List<FinishedJob> finished) {
        return completions.finish(finished);
    }

    @Override
    public Uni<Boolean> drop(ClaimedJob job, Dropped reason, String why) {
        return endings.drop(job, reason, why);
    }

    @Override
    public Uni<Boolean> retryLater(ClaimedJob job, Duration delay, String error, FailureKind kind) {
        return releaser.retryLater(job, delay, error, kind);
    }

    @Override
    public Uni<Boolean> snooze(ClaimedJob job, Duration delay, String why) {
        return releaser.snooze(job, delay, why);
    }

    @Override
    public Uni<Boolean> snoozeWithGroup(ClaimedJob job, Duration delay, String why) {
        return releaser.snoozeWithGroup(job, delay, why);
    }

    @Override
    public Uni<Map<String, Instant>> pausedGroups() {
        return RedisResults.uni(() -> GroupPauses.of(commands, policy().queue(), partition, deadline));
    }

    @Override
    public Uni<Set<ClaimedJob>> park(List<ClaimedJob> jobs) {
        return releaser.park(jobs);
    }

    @Override
    public Uni<Boolean> bury(ClaimedJob job, String reason, FailureKind kind) {
        return releaser.bury(job, reason, kind);
    }

    @Override
    public Uni<Set<ClaimedJob>> handBack(List<ClaimedJob> jobs) {
        return releaser.handBack(jobs);
    }

    @Override
    public Instant now() {
        return clock.now();
    }

    @Override
    public void close() {
        reader.close();
    }
}
