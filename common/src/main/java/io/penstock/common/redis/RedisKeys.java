package io.penstock.common.redis;

import io.penstock.common.queue.Lane;

/**
 * Builds every key; nothing else joins key names. All keys of one queue partition carry the hash tag
 * {@code {queue:partition}}, so that a script over them runs in one slot of a cluster.
 *
 * <p>Queue and type names come from code and configuration and are checked there; job ids never become part of a key.
 */
public final class RedisKeys {

    private RedisKeys() {}

    /** Stream of ready jobs of one priority. */
    public static String ready(String queue, int partition, Lane lane, int priority) {
        return partition(queue, partition) + (lane == Lane.MAIN ? ":ready:" : ":limited:") + priority;
    }

    /** Sorted set: ids of jobs that wait for their time, by due time in epoch ms. */
    public static String scheduled(String queue, int partition) {
        return partition(queue, partition) + ":scheduled";
    }

    /** Hash: a record for each job that left its first stream entry or has an explicit id. */
    public static String jobs(String queue, int partition) {
        return partition(queue, partition) + ":jobs";
    }

    /** Sorted set: ids of dead jobs, by the time of their end in epoch ms. */
    public static String dead(String queue, int partition) {
        return partition(queue, partition) + ":dead";
    }

    /** Stream of retained completed jobs, a packed record per acknowledged batch. */
    public static String completed(String queue, int partition) {
        return partition(queue, partition) + ":completed";
    }

    /** Hash: counters, pause state with the saved read positions. */
    public static String meta(String queue, int partition) {
        return partition(queue, partition) + ":meta";
    }

    /** Sorted set, expires: explicit ids that are not accepted again yet, by the time they were accepted in epoch ms. */
    public static String remembered(String queue, int partition) {
        return partition(queue, partition) + ":remembered";
    }

    /**
     * Sorted set: marks of what was accepted exactly once, by the time of the latest acceptance in epoch ms. A mark goes
     * when the row it stands for has long been gone.
     */
    public static String accepted(String queue, int partition) {
        return partition(queue, partition) + ":accepted";
    }

    /** String, expires: the call an idempotency key stands for. */
    public static String idempotency(String digest) {
        return "idempotency:{" + digest + "}";
    }

    /** Sorted set, expires: calls with an idempotency key whose part of this partition was accepted, by time in epoch ms. */
    public static String idempotent(String queue, int partition) {
        return partition(queue, partition) + ":idempotent";
    }

    /** String, expires: answers of such a call that a repetition cannot derive. */
    public static String idempotentAnswers(String queue, int partition, String nonce) {
        return idempotent(queue, partition) + ":" + nonce;
    }

    /** Hash: who holds a uniqueness key, by the digest of the key. */
    public static String unique(String queue, int partition) {
        return partition(queue, partition) + ":unique";
    }

    /** Hash: how many jobs of a group are let in, by group. */
    public static String groups(String queue, int partition) {
        return partition(queue, partition) + ":groups";
    }

    /** Sorted set: jobs that wait behind their group, ordered by group and turn. */
    public static String backlog(String queue, int partition) {
        return partition(queue, partition) + ":backlog";
    }

    /** Hash: running jobs that were asked to stop, by job id. */
    public static String cancels(String queue, int partition) {
        return partition(queue, partition) + ":cancels";
    }

    /** Hash: what has to reach other partitions, kept until it is there. */
    public static String outgoing(String queue, int partition) {
        return partition(queue, partition) + ":outgoing";
    }

    /** Hash: the children that parents of this partition wait for. */
    public static String awaited(String queue, int partition) {
        return partition(queue, partition) + ":awaited";
    }

    /** Stream: ends that no worker had in hand, until the history has been told of them. */
    public static String unreported(String queue, int partition) {
        return partition(queue, partition) + ":unreported";
    }

    /** List, expires: the lines one job wrote. */
    public static String lines(String queue, int partition, String jobId) {
        return output(queue, partition, jobId) + ":log";
    }

    /**
     * Channel: ends of jobs that keep their result. The scripts derive it from the key of the job records, because they
     * need it where nobody knew beforehand that a job would end.
     */
    public static String ended(String queue, int partition) {
        return jobs(queue, partition) + ":ended";
    }

    /** What {@link #ended} is for all partitions of all queues. */
    public static final String ENDED_PATTERN = "queue:{*}:jobs:ended";

    /** Hash, expires: what one job said: progress, result. Ids hold nothing that could leave the key. */
    public static String output(String queue, int partition, String jobId) {
        return partition(queue, partition) + ":job:" + jobId;
    }

    /** Stream of one entry: news that an active job has ended, for queues with a global concurrency. */
    public static String freed(String queue, int partition) {
        return partition(queue, partition) + ":freed";
    }

    /** String: state of the queue's rate limit. */
    public static String limit(String queue, int partition) {
        return partition(queue, partition) + ":limit";
    }

    /** Hash: who maintains which partition of which queue, and until when. One for all of them. */
    public static final String MAINTENANCE = "maintenance:leases";

    /** Channel: signs of life of those who maintain partitions. */
    public static final String MAINTENANCE_BEAT = "maintenance:beat";

    /** What {@link #MAINTENANCE_BEAT} and the channel of jobs that are due before the next look have in common. */
    public static final String MAINTENANCE_PATTERN = "maintenance:*";

    /** String: state of a named rate limit outside the queues. */
    public static String namedLimit(String name) {
        return "limit:{" + name + "}";
    }

    /** Hash, expires: jobs of a queue that have run for long, by worker. */
    public static String longRunning(String queue) {
        return "slow:{" + queue + "}";
    }

    /** Hash, expires: what each process says of its guards. */
    public static String guards() {
        return "flow:{guards}";
    }

    /** Hash, expires: the sessions of a user, by the digest of their tokens. */
    public static String sessions(String subject) {
        return "sessions:{" + subject + "}";
    }

    /** String, expires: whom a log-in link logs in. */
    public static String logInLink(String digest) {
        return "log-in-link:{" + digest + "}";
    }

    /** Sorted set: worker processes, by their latest heartbeat in epoch ms. */
    public static final String LIVE_WORKERS = "worker:{all}";

    /** Hash, expires: one worker process. */
    public static String worker(String id) {
        return LIVE_WORKERS + ":process:" + id;
    }

    /** Hash, expires: what all workers did in one step of time. */
    public static String figures(long step) {
        return LIVE_WORKERS + ":figures:" + step;
    }

    private static String partition(String queue, int partition) {
        return "queue:{" + queue + ":" + partition + "}";
    }
}
