package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who gets the next slot. */
class SlotPoolTest {

    private static final int ALL = 100;

    /** What the queues do: each of them says how many slots it could use, and which it gives back. */
    private static final class Queue {

        private final SlotPool.Share share;
        private int target;
        private int held;

        Queue(SlotPool pool, String name) {
            share = pool.shareOf(name);
        }

        Queue wants(int slots) {
            target = slots;
            held = share.settle(0, Math.max(0, held() - slots), target);
            return this;
        }

        int held() {
            held = share.settle(0, 0, Math.max(target, held));
            return held;
        }

        void endsOne() {
            held = share.settle(1, 0, target);
        }
    }

    private static SlotPool pool(int capacity, Sharing sharing) {
        return new SlotPool(capacity, sharing, new TestQueues().inOrder());
    }

    private static List<Queue> queues(SlotPool pool) {
        return List.of(new Queue(pool, "critical"), new Queue(pool, "default"), new Queue(pool, "low"));
    }

    private static List<Integer> held(List<Queue> queues) {
        return queues.stream().map(Queue::held).toList();
    }

    @Test
    void grantsTheFirstSlotsByWeight() {
        List<Queue> queues = queues(pool(10, Sharing.WEIGHTED));
        queues.forEach(queue -> queue.target = ALL);

        assertThat(held(queues)).containsExactly(6, 3, 1);
    }

    @Test
    void staysWithinOneOfTheProportionWhicheverJobsEnd() {
        SlotPool pool = pool(10, Sharing.WEIGHTED);
        List<Queue> queues = queues(pool);
        queues.forEach(queue -> queue.target = ALL);
        int[] starts = held(queues).stream().mapToInt(i -> i).toArray();
        Random random = new Random(7);
        for (int total = 11; total <= 2_000; total++) {
            List<Queue> busy = queues.stream().filter(queue -> queue.held() > 0).toList();
            List<Integer> before = new ArrayList<>(held(queues));
            Queue ending = busy.get(random.nextInt(busy.size()));
            before.set(queues.indexOf(ending), ending.held() - 1);
            ending.endsOne();
            List<Integer> after = held(queues);
            for (int i = 0; i < 3; i++) {
                starts[i] += after.get(i) - before.get(i);
            }
            assertThat((double) starts[0]).isCloseTo(total * 0.6, within(1.0));
            assertThat((double) starts[1]).isCloseTo(total * 0.3, within(1.0));
            assertThat((double) starts[2]).isCloseTo(total * 0.1, within(1.0));
        }
        assertThat(pool.used()).isEqualTo(10);
    }

    @Test
    void leavesTheShareOfAnIdleQueueToTheOthersAtOnce() {
        List<Queue> queues = queues(pool(8, Sharing.WEIGHTED));
        queues.get(1).target = ALL;
        queues.get(2).target = ALL;

        queues.get(0).wants(0);

        assertThat(held(queues)).containsExactly(0, 6, 2);
    }

    @Test
    void letsAnIdleQueueSaveNothingUp() {
        SlotPool pool = pool(1, Sharing.WEIGHTED);
        List<Queue> queues = queues(pool);
        Queue critical = queues.get(0).wants(0);
        Queue normal = queues.get(1).wants(1);
        queues.get(2).wants(0);
        for (int i = 0; i < 1_000; i++) {
            assertThat(normal.held()).isEqualTo(1);
            normal.endsOne();
        }

        critical.wants(1);
        int ofCritical = 0;
        for (int i = 0; i < 30; i++) {
            Queue running = critical.held() == 1 ? critical : normal;
            ofCritical += running == critical ? 1 : 0;
            running.endsOne();
        }

        assertThat(ofCritical).isBetween(19, 21);
    }

    @Test
    void chargesNothingForSlotsThatComeBackUnused() {
        SlotPool pool = pool(1, Sharing.WEIGHTED);
        List<Queue> queues = queues(pool);
        Queue critical = queues.get(0).wants(0);
        Queue normal = queues.get(1).wants(1);
        queues.get(2).wants(0);
        for (int i = 0; i < 100; i++) {
            critical.wants(1);
            normal.endsOne();
            critical.wants(0);
        }

        critical.wants(1);
        normal.endsOne();

        assertThat(critical.held()).isEqualTo(1);
    }

    @Test
    void starvesNobodyBesideAHeavyQueue() {
        TestQueues settings = new TestQueues().set("critical", "weight", 1_000);
        SlotPool pool = new SlotPool(1, Sharing.WEIGHTED, settings.inOrder());
        List<Queue> queues = queues(pool);
        queues.forEach(queue -> queue.wants(1));
        int turns = 0;
        while (queues.get(2).held() == 0) {
            queues.stream()
                    .filter(queue -> queue.held() == 1)
                    .findFirst()
                    .orElseThrow()
                    .endsOne();
            turns++;
        }

        assertThat(turns).isLessThanOrEqualTo(1_004);
    }

    @Test
    void givesEverySlotToTheFirstQueueThatHasWorkWhereSharingIsStrict() {
        SlotPool pool = pool(4, Sharing.STRICT);
        List<Queue> queues = queues(pool);
        queues.forEach(queue -> queue.target = ALL);

        assertThat(held(queues)).containsExactly(4, 0, 0);
        queues.get(0).wants(4).endsOne();
        assertThat(held(queues)).containsExactly(4, 0, 0);
        queues.get(0).wants(1);
        assertThat(held(queues)).containsExactly(1, 3, 0);
        queues.get(1).wants(1);
        assertThat(held(queues)).containsExactly(1, 1, 2);
        queues.get(0).wants(3);
        queues.get(2).endsOne();
        assertThat(held(queues)).containsExactly(2, 1, 1);
    }

    @Test
    void givesNoQueueMoreThanItsOwnConcurrency() {
        TestQueues settings = new TestQueues().set("critical", "concurrency", 2);
        SlotPool pool = new SlotPool(10, Sharing.WEIGHTED, settings.inOrder());
        List<Queue> queues = queues(pool);
        queues.get(0).target = 2;
        queues.get(1).target = ALL;
        queues.get(2).target = ALL;

        assertThat(held(queues)).containsExactly(2, 6, 2);
    }

    @Test
    void tellsAQueueOnceThatOthersLeftItSlots() {
        SlotPool pool = pool(2, Sharing.STRICT);
        Queue first = new Queue(pool, "critical").wants(2);
        Queue second = new Queue(pool, "default").wants(0);
        AtomicInteger told = new AtomicInteger();
        second.share.onGrant(told::incrementAndGet);
        second.wants(2);

        first.target = 0;
        first.endsOne();
        first.endsOne();

        assertThat(told).hasValue(1);
        assertThat(second.held()).isEqualTo(2);
        second.endsOne();
        assertThat(told).hasValue(1);
    }

    @Test
    void grantsNoMoreThanItHasAndForgetsNobodyUnderManyThreads() throws Exception {
        int capacity = 7;
        int jobsEach = 20_000;
        SlotPool pool = pool(capacity, Sharing.WEIGHTED);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(3);
        for (String name : List.of("critical", "default", "low")) {
            Thread thread = new Thread(
                    () -> {
                        workOff(pool.shareOf(name), jobsEach, running, most);
                        done.countDown();
                    },
                    name);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);

        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(most.get()).isLessThanOrEqualTo(capacity);
        assertThat(pool.used()).isZero();
    }

    /** Starts a job on each slot that is granted and ends them in turn; sleeps only while it is sure to be told. */
    private static void workOff(SlotPool.Share share, int jobs, AtomicInteger running, AtomicInteger most) {
        Thread self = Thread.currentThread();
        AtomicInteger calls = new AtomicInteger();
        share.onGrant(() -> {
            calls.incrementAndGet();
            java.util.concurrent.locks.LockSupport.unpark(self);
        });
        int left = jobs;
        int mine = 0;
        while (left > 0) {
            int seen = calls.get();
            int held = share.settle(0, 0, Math.min(5, left));
            for (; mine < held; mine++) {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
            }
            if (mine == 0) {
                while (calls.get() == seen) {
                    java.util.concurrent.locks.LockSupport.park();
                }
                continue;
            }
            running.decrementAndGet();
            mine--;
            left--;
            int now = share.settle(1, 0, Math.min(5, left));
            for (; mine < now; mine++) {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
            }
        }
    }

    @Test
    void refusesAPoolWithoutSlots() {
        assertThatThrownBy(() -> pool(0, Sharing.WEIGHTED))
                .hasMessage("penstock.worker.slots is 0, must be at least 1");
    }
}
