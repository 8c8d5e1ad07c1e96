package io.penstock.common.queue.redis;

import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisRouter;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Enqueues plain jobs one by one: each is one XADD, shared with others in a pipeline. */
final class PlainEnqueuer {

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final QueueStreams streams;
    private final Duration deadline;
    private final Map<Streams, EnqueuePipeline> pipelines = new ConcurrentHashMap<>();

    PlainEnqueuer(RedisRouter link, QueuePolicies policies, QueueStreams streams, Duration deadline) {
        this.link = link;
        this.policies = policies;
        this.streams = streams;
        this.deadline = deadline;
    }

    /** Whether the job is to run now, gets its id from Redis and meets no other job on its way. */
    static boolean isPlain(NewJob job) {
        return job.options().id().isEmpty() && job.options().timing().isNow() && !needsAcceptance(job);
    }

    /** Whether only a script can tell if and where the job may enter. */
    static boolean needsAcceptance(NewJob job) {
        JobOptions options = job.options();
        return options.unique().isPresent() || options.labels().group().isPresent() || job.gather() != null;
    }

    Future<Enqueued> enqueue(NewJob job) {
        QueuePolicy policy = policies.named(job.queue());
        Streams target = streams.of(policy, streams.nextPartition(policy));
        int stream = streamOf(policy, job);
        return pipelines
                .computeIfAbsent(target, unused -> new EnqueuePipeline(link, target.key(0), deadline))
                .add(xadd(target.key(stream), job))
                .map(entry -> new Enqueued(JobId.plain(target, stream, entry), job.queue(), true));
    }

    static Request xadd(String stream, NewJob job) {
        return Request.cmd(Command.XADD)
                .arg(stream)
                .arg("*")
                .arg("h")
                .arg(header(job, null))
                .arg("p")
                .arg(job.payload());
    }

    static int streamOf(QueuePolicy policy, NewJob job) {
        return Streams.number(policy.laneOf(job.type()), job.options().priority());
    }

    static String header(NewJob job, @Nullable String id) {
        return JobHeader.of(job, id, JobExtras.of(job)).encode();
    }
}
