package io.penstock.common.queue.redis;

import io.penstock.common.queue.JobView;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the records of jobs that completed, were cancelled or expired, as long as their queue keeps them. Few records are
 * read by the script that looks for one; where a queue keeps many, an index says where each is, so that a look-up costs the
 * same however many there are. Only what was asked for leaves Redis.
 */
final class RetainedRecords {

    /** So many records are read in some hundredths of a millisecond; an index would cost memory and time for each job. */
    static final int INDEXED_ABOVE = 128;

    /** Records that one call reads, about: some tenths of a millisecond of Redis's time. */
    private static final int READ_AT_ONCE = 400;
    /** Ids that one call looks for. */
    private static final int IDS_AT_ONCE = 100;

    private final RedisRouter link;
    private final Duration deadline;

    RetainedRecords(RedisRouter link, Duration deadline) {
        this.link = link;
        this.deadline = deadline;
    }

    /** The keys of a partition's index; none where its records are not indexed. */
    static List<String> indexKeys(QueuePolicy policy, int partition) {
        return policy.retention().completed() > INDEXED_ABOVE
                ? List.of(
                        RedisKeys.retained(policy.queue(), partition),
                        RedisKeys.retainedBefore(policy.queue(), partition))
                : List.of();
    }

    /** What the scripts take that drop records, whether these are indexed or not. */
    static List<String> keys(String queue, int partition) {
        return List.of(
                RedisKeys.completed(queue, partition),
                RedisKeys.meta(queue, partition),
                RedisKeys.retained(queue, partition),
                RedisKeys.retainedBefore(queue, partition));
    }

    /** The newest record of each of the jobs that has one in this partition, by job id. */
    Future<Map<String, JobView>> find(QueuePolicy policy, int partition, Collection<String> jobIds) {
        Map<String, JobView> found = new HashMap<>();
        if (policy.retention().completed() == 0) {
            return Future.succeededFuture(found);
        }
        List<String> ids = List.copyOf(jobIds);
        Future<?> all = Future.succeededFuture();
        for (int from = 0; from < ids.size(); from += IDS_AT_ONCE) {
            List<String> some = ids.subList(from, Math.min(from + IDS_AT_ONCE, ids.size()));
            all = all.compose(before -> find(policy, partition, some, "", found));
        }
        return all.map(done -> found);
    }

    /** Ends: each call goes on where the last one stopped, among older records. */
    private Future<?> find(
            QueuePolicy policy, int partition, List<String> ids, String from, Map<String, JobView> found) {
        List<String> keys = new ArrayList<>(4);
        keys.add(RedisKeys.completed(policy.queue(), partition));
        keys.add(RedisKeys.meta(policy.queue(), partition));
        keys.addAll(indexKeys(policy, partition));
        List<Object> args = new ArrayList<>(ids.size() + 2);
        args.add(from);
        args.add(READ_AT_ONCE);
        args.addAll(ids);
        return link.run(Scripts.FIND_RETAINED, keys, args, deadline).compose(reply -> {
            Response records = reply.get(1);
            for (int i = 0; i < records.size(); i += 2) {
                CompletedRecord.decode(policy, records.get(i + 1).toString())
                        .ifPresent(job -> found.put(job.id(), job));
            }
            String next = reply.get(0).toString();
            List<String> left = next.isEmpty()
                    ? List.of()
                    : ids.stream().filter(id -> !found.containsKey(id)).toList();
            return left.isEmpty() ? Future.succeededFuture() : find(policy, partition, left, next, found);
        });
    }
}
