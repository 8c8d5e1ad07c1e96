package io.penstock.common.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueConsumer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * Producers and workers that go on through whatever happens to Redis, as real ones do, and remember what was accepted
 * and what was worked off. Jobs whose worker heard nothing of them are rescued.
 */
final class Traffic implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ENOUGH = 100;
    static final Duration LEASE = Duration.ofSeconds(2);
    private static final int BURST = 10;
    private static final Duration PACE = Duration.ofMillis(3);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(50);
    private static final Duration WAIT = Duration.ofMillis(300);

    /** When a job's acceptance was heard of, by payload, in {@link System#nanoTime()}. */
    final Map<String, Long> accepted = new ConcurrentHashMap<>();

    final Map<String, String> partitionOf = new ConcurrentHashMap<>();
    final Map<String, Long> done = new ConcurrentHashMap<>();
    final AtomicInteger failedEnqueues = new AtomicInteger();
    final AtomicInteger failedClaims = new AtomicInteger();

    private final QueueHarness harness;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean producing = true;
    private volatile boolean holding;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean working = true;

    Traffic(QueueHarness harness) {
        this.harness = harness;
        // Mutiny finds its context propagation at the first use, and cannot bear two first ones at a time.
        harness.status();
        harness.partitions().forEach(partition -> {
            QueueConsumer consumer = harness.consumer(partition, "w" + partition);
            run("worker " + partition, () -> work(consumer));
        });
        run("rescuer", this::rescue);
        run("producer", this::produce);
    }

    private void run(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void produce() {
        for (int number = 0; producing; number += BURST) {
            underWay.incrementAndGet();
            if (holding) {
                underWay.decrementAndGet();
                number -= BURST;
                LockSupport.parkNanos(PACE.toNanos());
                continue;
            }
            List<NewJob> jobs = IntStream.range(number, number + BURST)
                    .mapToObj(i -> QueueHarness.job("test.work", "" + i, JobOptions.DEFAULT))
                    .toList();
            if (number / BURST % 2 == 0) {
                enqueueSingly(jobs);
            } else {
                enqueueTogether(jobs);
            }
            underWay.decrementAndGet();
            LockSupport.parkNanos(PACE.toNanos());
        }
    }

    private void enqueueSingly(List<NewJob> jobs) {
        CompletableFuture.allOf(jobs.stream()
                        .map(job -> harness.queue
                                .enqueue(job)
                                .subscribeAsCompletionStage()
                                .handle((answer, failure) -> noteEnqueued(job.payload(), answer)))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    private void enqueueTogether(List<NewJob> jobs) {
        harness.queue
                .enqueueAll(jobs)
                .subscribeAsCompletionStage()
                .exceptionally(failure -> Collections.nCopies(jobs.size(), null))
                .thenAccept(answers -> {
                    for (int i = 0; i < answers.size(); i++) {
                        noteEnqueued(jobs.get(i).payload(), answers.get(i));
                    }
                })
                .join();
    }

    private boolean noteEnqueued(String payload, Enqueued answer) {
        if (answer == null) {
            failedEnqueues.incrementAndGet();
            return false;
        }
        partitionOf.put(payload, answer.jobId().split("~")[1]);
        accepted.put(payload, System.nanoTime());
        return true;
    }

    private void work(QueueConsumer consumer) {
        while (working) {
            try {
                List<ClaimedJob> jobs = QueueHarness.await(consumer.claim(50, WAIT));
                List<FinishedJob> finished = jobs.stream()
                        .map(job -> new FinishedJob(job, Instant.now(), Instant.now(), ""))
                        .toList();
                if (!finished.isEmpty()) {
                    QueueHarness.await(consumer.finish(finished));
                    jobs.forEach(job -> done.put(job.payload(), System.nanoTime()));
                }
            } catch (RuntimeException e) {
                failedClaims.incrementAndGet();
                LockSupport.parkNanos(AFTER_FAILURE.toNanos());
            }
        }
    }

    private void rescue() {
        while (working) {
            try {
                harness.rescue(LEASE);
            } catch (RuntimeException e) {
                // The next round will do it.
            }
            LockSupport.parkNanos(LEASE.toNanos() / 4);
        }
    }

    /** Producers pause; returns when what they had begun has been answered. */
    void hold() {
        holding = true;
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(() -> underWay.get() == 0);
    }

    void letGoOn() {
        holding = false;
    }

    /** How long, from now on, until every partition has had its share of work. */
    Duration untilWorkInEveryPartition() {
        long start = System.nanoTime();
        awaitWorkInEveryPartition();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    void awaitWorkInEveryPartition() {
        long since = System.nanoTime();
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> harness.partitions()
                .allMatch(partition -> doneSince(partition, since) >= ENOUGH));
    }

    /** Stops the producers, and lets the workers end what was accepted. */
    void assertAllIsWorkedOff(Set<String> mayBeLost) {
        producing = false;
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> assertThat(open())
                .isSubsetOf(mayBeLost));
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(harness.status())
                .satisfies(status -> assertThat(status.waiting()).isZero())
                .satisfies(status -> assertThat(status.active()).isZero()));
    }

    /** Jobs of a partition of whose acceptance was heard between two instants. */
    Set<String> acceptedIn(int partition, long from, long to) {
        return accepted.entrySet().stream()
                .filter(one -> one.getValue() >= from && one.getValue() <= to)
                .map(Map.Entry::getKey)
                .filter(payload -> ("" + partition).equals(partitionOf.get(payload)))
                .collect(Collectors.toSet());
    }

    /** Jobs that were accepted and are not worked off (yet). */
    Set<String> open() {
        return accepted.keySet().stream()
                .filter(payload -> !done.containsKey(payload))
                .collect(Collectors.toSet());
    }

    /** How many jobs of a partition were worked off after an instant. */
    long doneSince(int partition, long nanos) {
        return done.entrySet().stream()
                .filter(one -> one.getValue() > nanos)
                .filter(one -> ("" + partition).equals(partitionOf.get(one.getKey())))
                .count();
    }

    @Override
    public void close() {
        producing = false;
        working = false;
        threads.forEach(thread -> {
            try {
                thread.join(Duration.ofSeconds(20).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
