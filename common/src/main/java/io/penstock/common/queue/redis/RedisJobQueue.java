package io.penstock.common.queue.redis;

import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.Family;
import io.penstock.common.queue.IdempotentCall;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Producers' and operators' side of the queues: {@link PlainEnqueuer}, {@link BulkEnqueuer} and {@link FamilyEnqueuer}
 * accept jobs, {@link JobLookup} finds one, {@link QueueControl} looks at and pauses whole queues, {@link GroupPauses}
 * single groups.
 */
public final class RedisJobQueue implements JobQueue {

    private final PlainEnqueuer plain;
    private final BulkEnqueuer bulks;
    private final FamilyEnqueuer families;
    private final JobLookup lookup;
    private final QueueControl control;
    private final GroupPauses pauses;

    /** With idempotency keys that are remembered for a day. */
    public RedisJobQueue(RedisRouter link, QueuePolicies policies, Duration deadline) {
        this(link, policies, deadline, Duration.ofDays(1));
    }

    /**
     * @param deadline how long a caller waits for Redis before it is told that the queue is unavailable
     * @param keyRetention how long an idempotency key is remembered
     */
    public RedisJobQueue(RedisRouter link, QueuePolicies policies, Duration deadline, Duration keyRetention) {
        QueueStreams streams = new QueueStreams();
        this.plain = new PlainEnqueuer(link, policies, streams, deadline);
        this.bulks = new BulkEnqueuer(link, policies, streams, deadline, keyRetention);
        this.families = new FamilyEnqueuer(link, policies, streams, deadline, keyRetention);
        this.lookup = new JobLookup(link, policies, streams, deadline);
        this.control = new QueueControl(link, policies, streams, deadline);
        this.pauses = new GroupPauses(link, policies, streams, deadline);
    }

    @Override
    public Uni<Enqueued> enqueue(NewJob job) {
        if (PlainEnqueuer.isPlain(job)) {
            return RedisResults.uni(() -> plain.enqueue(job));
        }
        return enqueueAll(List.of(job)).map(answers -> answers.get(0));
    }

    @Override
    public Uni<List<Enqueued>> enqueueAll(List<NewJob> jobs) {
        return bulks.enqueueAll(jobs);
    }

    @Override
    public Uni<List<Enqueued>> enqueueOnce(List<NewJob> jobs, Duration retention) {
        return bulks.enqueueOnce(jobs, retention);
    }

    @Override
    public Uni<List<Enqueued>> enqueueFamily(Family family) {
        return families.enqueue(family);
    }

    @Override
    public Uni<List<Enqueued>> enqueueAll(List<NewJob> jobs, IdempotentCall call) {
        return bulks.enqueueAll(jobs, call);
    }

    @Override
    public Uni<List<Enqueued>> enqueueFamily(Family family, IdempotentCall call) {
        return families.enqueue(family, call);
    }

    /** Where a job of an explicit id belongs, always the same. */
    int partitionOf(NewJob job) {
        return bulks.partitionOf(job);
    }

    /** How jobs of one partition are accepted in one step. */
    ScriptCall acceptanceOf(int partition, List<NewJob> jobs) {
        return bulks.acceptanceOf(partition, jobs);
    }

    @Override
    public Uni<Optional<JobView>> find(String jobId) {
        return lookup.find(jobId);
    }

    @Override
    public Uni<QueueStatus> status(String queue) {
        return control.status(queue);
    }

    @Override
    public Uni<Void> pause(String queue) {
        return control.pause(queue);
    }

    @Override
    public Uni<Void> resume(String queue) {
        return control.resume(queue);
    }

    @Override
    public Uni<Optional<Instant>> pauseGroup(String queue, String group, Duration time) {
        return pauses.pause(queue, group, time);
    }

    @Override
    public Uni<Boolean> resumeGroup(String queue, String group) {
        return pauses.lift(queue, group);
    }

    @Override
    public Uni<Map<String, Instant>> pausedGroups(String queue) {
        return pauses.all(queue);
    }
}
