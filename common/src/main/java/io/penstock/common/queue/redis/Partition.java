package io.penstock.common.queue.redis;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One queue partition as the scripts see it that start with {@code parts/partition.lua}: their keys and first arguments. */
record Partition(QueuePolicy policy, Streams streams, List<String> records, List<Object> terms) {

    /** Thirty years: no job waits so long for another. */
    private static final long NEVER_MS = 1_000_000_000_000L;

    static Partition of(QueuePolicy policy, Streams streams) {
        String queue = policy.queue();
        int partition = streams.partition();
        Optional<RateLimit> limit = policy.sharing().groups().rateLimit();
        List<String> records = new ArrayList<>(List.of(
                RedisKeys.jobs(queue, partition),
                RedisKeys.scheduled(queue, partition),
                RedisKeys.dead(queue, partition),
                RedisKeys.meta(queue, partition),
                RedisKeys.completed(queue, partition),
                RedisKeys.unique(queue, partition),
                RedisKeys.groups(queue, partition),
                RedisKeys.backlog(queue, partition),
                RedisKeys.cancels(queue, partition),
                RedisKeys.outgoing(queue, partition),
                RedisKeys.awaited(queue, partition),
                RedisKeys.unreported(queue, partition)));
        List<String> index = RetainedRecords.indexKeys(policy, partition);
        records.addAll(index);
        int keepCompleted = policy.retention().completed();
        return new Partition(
                policy,
                streams,
                List.copyOf(records),
                List.of(
                        Scripts.GROUP,
                        queue + "~" + partition + "~",
                        index.isEmpty() ? keepCompleted : keepCompleted + "i",
                        policy.retention().dead().orElse(-1),
                        policy.sharing().groups().concurrency(),
                        limit.map(RateLimit::intervalMicros).orElse(0L),
                        limit.map(RateLimit::burst).orElse(1) + ";" + stepMs(policy)));
    }

    /** A job of priority 0 that waited for the whole ageing counts like one of priority 10 that has just come. */
    private static long stepMs(QueuePolicy policy) {
        return policy.sharing().ageing().isZero()
                ? NEVER_MS
                : policy.sharing().ageing().toMillis() / JobOptions.MAX_PRIORITY;
    }

    /** All keys, and some more behind them. */
    List<String> keys(String... more) {
        List<String> keys = new ArrayList<>(records.size() + streams.keys().size() + more.length);
        keys.addAll(records);
        keys.addAll(streams.keys());
        keys.addAll(List.of(more));
        return keys;
    }

    /** The keys for a step that touches a single ready stream, which is most of them, at less cost. */
    List<String> keysWithOnly(String readyStream) {
        List<String> keys = new ArrayList<>(records.size() + 1);
        keys.addAll(records);
        keys.add(readyStream);
        return keys;
    }

    List<Object> args(Object... own) {
        List<Object> args = new ArrayList<>(terms.size() + own.length);
        args.addAll(terms);
        args.addAll(Arrays.asList(own));
        return args;
    }

    /** What one job said, see {@link RedisKeys#said}. */
    String output(String jobId) {
        return RedisKeys.output(streams.queue(), streams.partition(), jobId);
    }
}
