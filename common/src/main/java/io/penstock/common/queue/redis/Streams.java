package io.penstock.common.queue.redis;

import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The ready streams of one queue partition and their numbers, by which records and scripts name them: the priorities 0
 * to 10 of the main line, then those of the limited line.
 */
record Streams(String queue, int partition, List<String> keys) {

    private static final int PRIORITIES = JobOptions.MAX_PRIORITY + 1;

    static Streams of(QueuePolicy policy, int partition) {
        List<String> keys = new ArrayList<>();
        for (Lane lane : Lane.values()) {
            if (policy.lanes().contains(lane)) {
                for (int priority = 0; priority < PRIORITIES; priority++) {
                    keys.add(RedisKeys.ready(policy.queue(), partition, lane, priority));
                }
            }
        }
        return new Streams(policy.queue(), partition, List.copyOf(keys));
    }

    static List<Streams> ofAllPartitions(QueuePolicy policy) {
        return IntStream.range(0, policy.partitions())
                .mapToObj(partition -> of(policy, partition))
                .toList();
    }

    static int number(Lane lane, int priority) {
        return (lane == Lane.MAIN ? 0 : PRIORITIES) + priority;
    }

    static int priority(int number) {
        return number % PRIORITIES;
    }

    String key(int number) {
        return keys.get(number);
    }

    /** Numbers of a line's streams, highest priority first. */
    static List<Integer> byPriority(Lane lane) {
        List<Integer> numbers = new ArrayList<>(PRIORITIES);
        for (int priority = PRIORITIES - 1; priority >= 0; priority--) {
            numbers.add(number(lane, priority));
        }
        return numbers;
    }

    /** All streams of the partition, behind the keys a script takes first. */
    List<String> keysAfter(String... first) {
        List<String> all = new ArrayList<>(first.length + keys.size());
        all.addAll(List.of(first));
        all.addAll(keys);
        return all;
    }
}
