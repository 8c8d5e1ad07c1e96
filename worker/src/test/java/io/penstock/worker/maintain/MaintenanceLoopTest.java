package io.penstock.worker.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.event.JobEvents;
import io.penstock.common.job.JobOptions;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.queue.redis.RedisMaintenanceLeases;
import io.penstock.common.queue.redis.RedisQueueMaintainer;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.RedisNode;
import io.penstock.worker.testkit.TestWorker;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several workers that maintain the same queue: one does it, and another as soon as that one is gone. */
@Tag("slow")
class MaintenanceLoopTest {

    private static final Duration DEADLINE = Duration.ofSeconds(1);
    private static final Duration LEASE = Duration.ofSeconds(1);
    /** Of a take-over, two seconds, with one more for a machine that has other things to do. */
    private static final Duration TAKE_OVER = Duration.ofSeconds(3);

    private static final QueuePolicy POLICY = QueuePolicy.defaults("work").withPartitions(2);
    private static final QueuePolicies POLICIES = new QueuePolicies(List.of(POLICY));
    private static final String STREAM = "queue:{work:0}:ready:0";

    private final RedisNode node = RedisNode.start();
    private final RedisFixture redis = new RedisFixture(node.url());
    private final RedisRouter routes = redis.routes();
    private final RedisJobQueue queue = new RedisJobQueue(routes, POLICIES, DEADLINE);
    private final List<Process> processes = new ArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);

    /** The part of a worker process that maintains, and how often it did what. */
    private final class Process {

        final RedisFixture connections = new RedisFixture(node.url());
        final RedisRouter itsRoutes = connections.routes();
        final EventLoopContext context = EventLoopContext.create(connections.vertx());
        final AtomicInteger looks = new AtomicInteger();
        final AtomicInteger promotions = new AtomicInteger();
        final AtomicInteger rescues = new AtomicInteger();
        final MaintenanceLoop loop;

        /** @param asks false: as workers did before there were leases */
        Process(boolean asks) {
            QueueMaintainer real = new RedisQueueMaintainer(itsRoutes, POLICIES, DEADLINE);
            QueueMaintainer counted = (QueueMaintainer) Proxy.newProxyInstance(
                    QueueMaintainer.class.getClassLoader(),
                    new Class<?>[] {QueueMaintainer.class},
                    (proxy, method, arguments) -> {
                        switch (method.getName()) {
                            case "look" -> looks.incrementAndGet();
                            case "promoteDue" -> promotions.incrementAndGet();
                            case "rescueLost" -> rescues.incrementAndGet();
                            default -> {}
                        }
                        try {
                            return method.invoke(real, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
            loop = new MaintenanceLoop(
                    List.of(POLICY),
                    counted,
                    asks
                            ? Optional.of(new RedisMaintenanceLeases(
                                    itsRoutes, connections.servers(), connections.vertx(), DEADLINE))
                            : Optional.empty(),
                    "w",
                    new JobEvents(List.of()),
                    new TestWorker(connections.vertx(), (policy, partition, lane, id) -> null, POLICIES)
                            .set("lease", LEASE)
                            .config(),
                    context,
                    List.of());
            loop.start();
            processes.add(this);
        }

        /** As {@code kill -9} does: nothing is said any more. */
        void kill() {
            processes.remove(this);
            itsRoutes.close();
            connections.close();
        }

        /** As {@code SIGSTOP} does, until {@link #release}. */
        void standStill() {
            context.runOnContext(turn -> {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    @AfterEach
    void close() {
        release.countDown();
        processes.forEach(process -> {
            process.loop.stop();
            process.itsRoutes.close();
            process.connections.close();
        });
        routes.close();
        redis.close();
        node.close();
    }

    /** The one that maintains, of several of which the others have seen that. */
    private Process holder(Process... of) {
        return await().atMost(TAKE_OVER.multipliedBy(2))
                .until(
                        () -> {
                            List<Integer> before = looks(of);
                            await().until(() -> looks(of).stream()
                                            .mapToInt(Integer::intValue)
                                            .sum()
                                    >= before.stream()
                                                    .mapToInt(Integer::intValue)
                                                    .sum()
                                            + 3);
                            List<Integer> after = looks(of);
                            List<Process> active = new ArrayList<>();
                            for (int i = 0; i < of.length; i++) {
                                if (after.get(i) > before.get(i)) {
                                    active.add(of[i]);
                                }
                            }
                            return active;
                        },
                        active -> active.size() == 1)
                .get(0);
    }

    /** Who holds what, by partition: renewals do not change it. */
    private List<String> leases() {
        return List.of("work:0", "work:1").stream()
                .map(partition -> partition
                        + " "
                        + node.run("HGET", "maintenance:leases", partition)
                                .toString()
                                .replaceFirst("^1;\\d+;", ""))
                .toList();
    }

    private static List<Integer> looks(Process... of) {
        return Arrays.stream(of).map(process -> process.looks.get()).toList();
    }

    private static Process other(Process than, Process... of) {
        return Arrays.stream(of).filter(process -> process != than).findFirst().orElseThrow();
    }

    private static Duration until(Process maintains) {
        int before = maintains.looks.get();
        long begin = System.nanoTime();
        await().atMost(TAKE_OVER.multipliedBy(3)).until(() -> maintains.looks.get() > before);
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private String enqueue(Duration delay) {
        NewJob job = new NewJob(
                "test.work",
                "work",
                "{}",
                1,
                JobOptions.DEFAULT.withDelay(delay).withId("job-" + delay.toMillis()),
                Optional.empty());
        return queue.enqueue(job).await().atMost(DEADLINE.multipliedBy(3)).jobId();
    }

    private long ready() {
        return node.run("XLEN", STREAM).toLong()
                + node.run("XLEN", STREAM.replace(":0}", ":1}")).toLong();
    }

    @Test
    void oneMaintainsAndTheOthersAskNothing() {
        Process first = new Process(true);
        Process second = new Process(true);
        Process third = new Process(true);

        Process holder = holder(first, second, third);

        assertThat(node.run("HLEN", "maintenance:leases").toInteger()).isEqualTo(2);
        assertThat(node.run("HGET", "maintenance:leases", "work:0").toString())
                .isNotEqualTo("")
                .satisfies(lease -> assertThat(lease).matches("1;\\d+;w/.*"));
        assertThat(holder.loop.stuckLoops(Duration.ofSeconds(3))).isEmpty();
        assertThat(other(holder, first, second).loop.stuckLoops(Duration.ofSeconds(3)))
                .isEmpty();
    }

    @Test
    void anotherTakesOverFromOneThatWasKilled() {
        Process first = new Process(true);
        Process second = new Process(true);
        Process killed = holder(first, second);

        killed.kill();

        assertThat(until(other(killed, first, second))).isLessThan(TAKE_OVER);
    }

    @Test
    void anotherTakesOverFromOneThatStandsStillWhichThenLeavesIt() {
        Process first = new Process(true);
        Process second = new Process(true);
        Process stopped = holder(first, second);
        Process other = other(stopped, first, second);

        List<String> before = leases();

        stopped.standStill();
        assertThat(until(other)).isLessThan(TAKE_OVER);
        // Each partition has a lease of its own: what nobody has taken over yet, the first one would rightly keep.
        await().atMost(TAKE_OVER).until(() -> leases().stream().noneMatch(before::contains));
        release.countDown();

        assertThat(holder(first, second)).isSameAs(other);
    }

    @Test
    void whoStopsIsFollowedAtOnce() {
        Process first = new Process(true);
        Process second = new Process(true);
        Process leaving = holder(first, second);

        leaving.loop.stop();

        assertThat(until(other(leaving, first, second))).isLessThan(PartitionLeases.LEASE);
    }

    @Test
    void aJobThatIsDueBeforeAllOthersIsPromotedInTime() {
        Process only = new Process(true);
        holder(only);
        enqueue(Duration.ofHours(1));
        until(only);

        // Between two looks: only who schedules it can tell.
        for (int delay : new int[] {150, 300, 450}) {
            long before = ready();
            enqueue(Duration.ofMillis(delay));
            long due = System.nanoTime() + Duration.ofMillis(delay).toNanos();
            await().pollInterval(Duration.ofMillis(5))
                    .atMost(DEADLINE.multipliedBy(3))
                    .until(() -> ready() > before);
            assertThat(Duration.ofNanos(System.nanoTime() - due)).isLessThan(Duration.ofMillis(250));
        }
        assertThat(only.promotions.get()).isLessThan(20);
    }

    @Test
    void aLostJobIsRescuedWithinTwoSecondsAlsoWhenItsRescuerIsKilled() {
        Process first = new Process(true);
        Process second = new Process(true);
        Process killed = holder(first, second);
        node.run("XGROUP", "CREATE", STREAM, "workers", "0", "MKSTREAM");
        node.run("XADD", STREAM, "*", "h", "1;test.work", "p", "{}");
        node.run("XREADGROUP", "GROUP", "workers", "lost", "COUNT", 1, "STREAMS", STREAM, ">");
        long lost = System.nanoTime() + LEASE.toNanos();

        killed.kill();

        await().atMost(TAKE_OVER.multipliedBy(3))
                .until(() -> node.run("XPENDING", STREAM, "workers").get(0).toInteger() == 0);
        // A take-over may end in a silence as long as a third of so short a lease, which gives the living a head start.
        assertThat(Duration.ofNanos(System.nanoTime() - lost)).isLessThan(TAKE_OVER);
    }

    @Test
    void anOlderWorkerThatAsksNobodyDoesNoHarm() {
        Process older = new Process(false);
        Process newer = new Process(true);
        await().until(() -> older.looks.get() > 0 && newer.looks.get() > 0);

        enqueue(Duration.ofMillis(200));

        await().until(() -> ready() == 1);
        int looks = newer.looks.get();
        await().until(() -> newer.looks.get() > looks + 1);
        assertThat(ready()).isEqualTo(1);
    }

    @Test
    void nothingIsCalledWhereThereIsNothing() {
        Process only = new Process(true);
        holder(only);
        until(only);

        assertThat(only.rescues).hasValue(0);
        assertThat(only.promotions).hasValue(0);
    }

    @Test
    void whoeverCannotAskMaintains() {
        node.run("SET", "maintenance:leases", "no hash, so that every question fails");

        Process first = new Process(true);
        Process second = new Process(true);

        await().atMost(TAKE_OVER.multipliedBy(3)).until(() -> first.looks.get() > 1 && second.looks.get() > 1);
        node.run("DEL", "maintenance:leases");
        holder(first, second);
    }
}
