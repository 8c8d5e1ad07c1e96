package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.event.JobEvents;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.queue.redis.RedisQueueConsumers;
import io.penstock.common.queue.redis.RedisQueueMaintainer;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.RedisNode;
import io.penstock.common.testing.TcpProxy;
import io.penstock.worker.maintain.MaintenanceLoop;
import io.penstock.worker.testkit.TestWorker;
import io.smallrye.mutiny.Uni;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A producer and a worker go through fault after fault: every job that was accepted is done, and afterwards there are as
 * many connections, threads and keys as before, and no more memory.
 */
@Tag("slow")
@Isolated("counts threads and memory of the JVM")
class ManyFaultsTest {

    /** A hundred with {@code -Dpenstock.test.faults=100}. */
    private static final int FAULTS = Integer.getInteger("penstock.test.faults", 20);

    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration DEADLINE = Duration.ofSeconds(1);
    /** Besides the lease, and what a silent connection takes to be noticed: the wait of a claim and 3 s. */
    private static final Duration SLACK = Duration.ofSeconds(2);

    private static final Duration NOTICE = Duration.ofMillis(3_200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** After each fault so many jobs must be done before the next. */
    private static final int ENOUGH = 20;

    private static final int IN_FLIGHT = 8;
    /** Ends that may be on their way to Redis at once, four batches of 64 in each partition. */
    private static final int IN_HANDS = 2 * 4 * 64;
    /** Event loops get their threads when they are first needed. */
    private static final int LATE_THREADS = 2;
    /** Buffers, compiled code and the like that come and go with the load. */
    private static final long HEAP_ROOM = 3L << 20;

    private static final JobType<Object> WORK =
            JobType.of("test.work", Object.class).queue("work");
    private static final QueuePolicy POLICY = QueuePolicy.defaults("work").withPartitions(2);
    private static final QueuePolicies POLICIES = new QueuePolicies(List.of(POLICY));

    private final RedisNode node =
            RedisNode.start("appendonly", "yes", "appendfsync", "always", "maxmemory-policy", "noeviction");
    private final TcpProxy network = new TcpProxy(node.port());
    private final RedisFixture redis = new RedisFixture(network.url());
    private final RedisRouter routes = redis.routes();
    private final RedisJobQueue queue = new RedisJobQueue(routes, POLICIES, DEADLINE);
    private final RedisQueueConsumers consumers =
            new RedisQueueConsumers(redis.vertx(), redis.servers(), POLICIES, DEADLINE);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** Replaced rather than cleared: a cleared one keeps its room, which would look like growth. */
    private volatile Set<String> accepted = ConcurrentHashMap.newKeySet();

    private volatile Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();
    private final AtomicLong number = new AtomicLong();
    private final AtomicInteger unclear = new AtomicInteger();
    private volatile boolean producing = true;
    private final AtomicInteger producers = new AtomicInteger();

    @AfterEach
    void close() {
        producing = false;
        consumers.close();
        routes.close();
        redis.close();
        network.close();
        threads.shutdownNow();
        node.close();
    }

    private Uni<Outcome> work(String id) {
        runs.computeIfAbsent(id, unseen -> new AtomicInteger()).incrementAndGet();
        return Uni.createFrom().item(Outcome.completed());
    }

    private TestWorker worker() {
        return new TestWorker(redis.vertx(), consumers, POLICIES)
                .set("lease", LEASE)
                .set("claim-wait", "200ms")
                .set("rescue-interval", "200ms")
                .doing(WORK, (payload, job) -> work(job.jobId()));
    }

    private MaintenanceLoop startTenders() {
        MaintenanceLoop maintenance = new MaintenanceLoop(
                POLICY,
                new RedisQueueMaintainer(routes, POLICIES, DEADLINE),
                new JobEvents(List.of()),
                worker().config(),
                EventLoopContext.create(redis.vertx()));
        maintenance.start();
        return maintenance;
    }

    /** One job after the other, each under an id of its own; one that may have been accepted is given again. */
    private void produce() {
        producers.incrementAndGet();
        try {
            while (producing) {
                String id = "job-" + number.incrementAndGet();
                while (!enqueue(id)) {
                    unclear.incrementAndGet();
                }
                accepted.add(id);
            }
        } finally {
            producers.decrementAndGet();
        }
    }

    private boolean enqueue(String id) {
        try {
            queue.enqueue(new NewJob("test.work", "work", "{}", 1, JobOptions.DEFAULT.withId(id), Optional.empty()))
                    .await()
                    .atMost(DEADLINE.multipliedBy(3));
            return true;
        } catch (QueueUnavailableException e) {
            return false;
        }
    }

    private void awaitWork(Duration within) {
        int before = runs.size();
        await().atMost(within).pollInterval(Duration.ofMillis(10)).until(() -> runs.size() >= before + ENOUGH);
    }

    private void awaitIdle() {
        producing = false;
        await().atMost(PATIENCE).until(() -> producers.get() == 0);
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            QueueStatus status = queue.status("work").await().atMost(DEADLINE);
            return status.waiting() + status.active() + status.scheduled() == 0;
        });
    }

    private void forgetJobs() {
        runs = new ConcurrentHashMap<>();
        accepted = ConcurrentHashMap.newKeySet();
    }

    private void startProducers() {
        producing = true;
        IntStream.range(0, IN_FLIGHT).forEach(i -> threads.submit(this::produce));
    }

    /** Connections, threads, keys, and what is live on the heap. */
    private record Footprint(long connections, long threads, long keys, long heap) {}

    private Footprint footprint() throws Exception {
        System.gc();
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long alive = java.lang.Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("vert.x"))
                .count();
        return new Footprint(node.connections(), alive, node.run("DBSIZE").toLong(), heap);
    }

    @Test
    void allJobsAreDoneAndNothingGrows() throws Exception {
        QueueWorker worker = worker().start(POLICY);
        MaintenanceLoop maintenance = startTenders();
        startProducers();
        // One of each kind first, so that everything has been made that is made once.
        for (Fault fault : Fault.values()) {
            fault.strike(this);
            awaitWork(PATIENCE);
        }
        awaitIdle();
        forgetJobs();
        Footprint before = footprint();

        startProducers();
        Duration slowest = Duration.ZERO;
        for (int i = 0; i < FAULTS; i++) {
            Fault fault = Fault.values()[i % Fault.values().length];
            fault.strike(this);
            long over = System.nanoTime();
            awaitWork(LEASE.plus(SLACK).plus(fault.isSilent() ? NOTICE : Duration.ZERO));
            Duration took = Duration.ofNanos(System.nanoTime() - over);
            slowest = took.compareTo(slowest) > 0 ? took : slowest;
        }
        awaitIdle();

        assertThat(runs.keySet()).containsAll(accepted);
        long twice = runs.values().stream().filter(count -> count.get() > 1).count();
        int done = runs.size();
        forgetJobs();
        // Timers of the last calls hold on to them until their deadlines, the more the faster the machine is.
        await().atMost(PATIENCE).pollInterval(DEADLINE).untilAsserted(() -> {
            Footprint now = footprint();
            assertThat(now.connections()).isLessThanOrEqualTo(before.connections());
            assertThat(now.heap()).isLessThan(before.heap() + HEAP_ROOM);
        });
        Footprint after = footprint();
        System.out.printf(
                "%d faults: %d jobs done, %d more than once, %d enqueues repeated, slowest recovery %d ms, %s -> %s%n",
                FAULTS, done, twice, unclear.get(), slowest.toMillis(), before, after);
        assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + LATE_THREADS);
        assertThat(after.keys()).isLessThanOrEqualTo(before.keys());
        // Only what was in the worker's hands at a fault may run again.
        assertThat(twice).isLessThanOrEqualTo((long) FAULTS * IN_HANDS);
        worker.stop(Duration.ofSeconds(2)).await().atMost(PATIENCE);
        maintenance.stop();
    }

    /** What is done to the connections, or to Redis. Each is over when it returns. */
    private enum Fault {
        /** The server ends every connection. */
        KILLED_CONNECTIONS {
            @Override
            void strike(ManyFaultsTest at) {
                at.node.run("CLIENT", "KILL", "TYPE", "normal");
            }
        },
        /** The network ends every connection. */
        CUT {
            @Override
            void strike(ManyFaultsTest at) {
                at.network.cut();
            }
        },
        /** The server dies and comes back with its append-only file. */
        RESTART {
            @Override
            void strike(ManyFaultsTest at) {
                at.node.kill();
                at.node.startAgain();
            }
        },
        /** Answers vanish for a moment; connections that missed one stay silent for ever. */
        SILENCE {
            @Override
            void strike(ManyFaultsTest at) {
                at.network.swallowAnswers(true);
                int before = at.unclear.get();
                await().atMost(PATIENCE).until(() -> at.unclear.get() > before);
                at.network.swallowAnswers(false);
            }

            @Override
            boolean isSilent() {
                return true;
            }
        };

        abstract void strike(ManyFaultsTest at);

        /** True when those at the other end must notice by themselves. */
        boolean isSilent() {
            return false;
        }
    }
}
