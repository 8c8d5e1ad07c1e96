package io.penstock.scheduler;

import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisQueueConsumers;
import io.penstock.common.testing.RedisFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A worker that ends every job at once, and counts how often it has seen each. It keeps few records, as queues do. */
final class CountingConsumer implements AutoCloseable {

    static final String QUEUE = "notification";

    private static final Duration WAIT = Duration.ofMillis(200);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int AT_ONCE = 500;

    private final Map<String, AtomicInteger> seen = new ConcurrentHashMap<>();
    private final RedisQueueConsumers consumers;
    private final QueueConsumer consumer;
    private final Thread thread = new Thread(this::consume, "counting-consumer");
    private volatile boolean closing;

    CountingConsumer(RedisFixture redis) {
        QueuePolicy policy = QueuePolicy.defaults(QUEUE);
        QueuePolicies policies = new QueuePolicies(List.of(policy));
        consumers = new RedisQueueConsumers(redis.vertx(), redis.servers(), policies, Duration.ofSeconds(10));
        consumer = consumers.open(policy, 0, Lane.MAIN, "counter");
        thread.start();
    }

    /** How often each job was handed out, by job id. */
    Map<String, AtomicInteger> seen() {
        return seen;
    }

    private void consume() {
        while (!closing) {
            List<ClaimedJob> jobs = consumer.claim(AT_ONCE, WAIT).await().atMost(LIMIT);
            for (ClaimedJob job : jobs) {
                seen.computeIfAbsent(job.id(), id -> new AtomicInteger()).incrementAndGet();
            }
            if (!jobs.isEmpty()) {
                Instant now = Instant.now();
                consumer.finish(jobs.stream()
                                .map(job -> new FinishedJob(job, now, now, null))
                                .toList())
                        .await()
                        .atMost(LIMIT);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        thread.join(LIMIT.toMillis());
        consumer.close();
        consumers.close();
    }
}
