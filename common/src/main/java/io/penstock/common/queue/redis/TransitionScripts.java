package io.penstock.common.queue.redis;

import io.penstock.common.job.FailureKind;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the scripts by which a claimed job leaves its stream entry, whatever comes next: they share the partition's keys,
 * tell workers that wait for a free place of the global concurrency, and refuse where the lease was lost.
 */
final class TransitionScripts {

    private static final Logger LOG = Logger.getLogger(TransitionScripts.class);

    private final Supplier<QueuePolicy> current;
    private final Streams streams;
    private volatile Partition latest;
    private final RedisRouter commands;
    private final CrossPartitionForwarder forwarder;
    private final Duration deadline;
    private final String freedKey;

    /** @param current the queue's policy as it is in force */
    TransitionScripts(
            Supplier<QueuePolicy> current,
            Streams streams,
            RedisRouter commands,
            CrossPartitionForwarder forwarder,
            Duration deadline) {
        this.current = current;
        this.streams = streams;
        this.latest = Partition.of(current.get(), streams);
        this.commands = commands;
        this.forwarder = forwarder;
        this.deadline = deadline;
        this.freedKey = RedisKeys.freed(streams.queue(), streams.partition());
    }

    /** As it is in force. */
    Partition partition() {
        QueuePolicy now = current.get();
        Partition known = latest;
        if (!known.policy().equals(now)) {
            known = Partition.of(now, streams);
            latest = known;
        }
        return known;
    }

    /** Runs a script that moves one job; false: its lease was lost. */
    Uni<Boolean> moveOne(LuaScript script, List<String> scriptKeys, List<?> args) {
        return RedisResults.uni(() -> commands.run(script, scriptKeys, args, deadline)
                .onComplete(done -> announceFreed())
                .map(reply -> ReplyCode.of(reply.toInteger()) != ReplyCode.LEASE_LOST));
    }

    /** Runs a script that answers with the positions of the jobs whose lease was lost. */
    Future<Set<ClaimedJob>> moveAll(
            List<ClaimedJob> jobs, LuaScript script, List<String> scriptKeys, List<Object> args) {
        return commands.run(script, scriptKeys, args, deadline).map(reply -> {
            announceFreed();
            Set<ClaimedJob> lost = LostLeases.none();
            reply.forEach(position -> lost.add(jobs.get(position.toInteger() - 1)));
            return lost;
        });
    }

    /** Tells workers that wait for the global concurrency to fall. One that misses it looks again after its waiting time. */
    private void announceFreed() {
        if (current.get().limits().globalConcurrency().isPresent()) {
            Request news = Request.cmd(Command.XADD)
                    .arg(freedKey)
                    .arg("MAXLEN")
                    .arg(1)
                    .arg("*")
                    .arg("n")
                    .arg(1);
            commands.send(freedKey, news, deadline)
                    .onFailure(failure -> LOG.debugf("queue %s: %s", streams.queue(), failure.getMessage()));
        }
    }

    String pausedGroupsKey() {
        return RedisKeys.pausedGroups(streams.queue(), streams.partition());
    }

    void forwardIfSent(StreamLease lease, List<JobPlacement> followUps) {
        boolean sent = lease.header().extras().parent() != null;
        for (JobPlacement next : followUps) {
            sent |= !next.queue().equals(streams.queue()) || next.partition() != streams.partition();
        }
        if (sent) {
            forwarder.forwardNow(current.get(), streams.partition());
        }
    }

    /** The next of a group, or a parent, may belong into any stream; other jobs touch only their own. */
    List<String> keysFor(StreamLease lease) {
        Partition partition = partition();
        return isAlone(lease) ? partition.keysWithOnly(streams.key(lease.stream())) : partition.keys();
    }

    static Object singleStream(StreamLease lease) {
        return isAlone(lease) ? lease.stream() : "";
    }

    static boolean isAlone(StreamLease lease) {
        return !lease.header().extras().mayReadyOthers();
    }

    /**
     * The header of a job that leaves its entry.
     *
     * @param latest how its latest attempt failed; null: none has
     */
    static String movedHeader(ClaimedJob job, int failedAttempts, @Nullable FailureKind latest) {
        return StreamLease.of(job)
                .header()
                .moved(job.id(), job.enqueuedAt().toEpochMilli(), failedAttempts, latest)
                .encode();
    }

    /** The same for a job that leaves without having failed anew. */
    static String movedHeader(ClaimedJob job) {
        return movedHeader(
                job, job.failedAttempts(), StreamLease.of(job).header().failureKind());
    }
}
