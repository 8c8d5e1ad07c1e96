package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What one queue asks of the pool, and when its loops may claim. The test is the event loop. */
class SharedSlotsTest {

    private static final Duration WAIT = Duration.ofSeconds(1);

    private final ArrayDeque<Runnable> turns = new ArrayDeque<>();
    private final SlotPool pool = new SlotPool(
            4,
            Sharing.WEIGHTED,
            new TestQueues().set("critical", "concurrency", 3).inOrder());
    private final SlotPool.Share others = pool.shareOf("default");
    private final SharedSlots slots = new SharedSlots(3, pool.shareOf("critical"), turns::add);
    private final ClaimStrategy loop = slots.strategy(WAIT, () -> 0);
    private boolean called;

    SharedSlotsTest() {
        pool.shareOf("low").settle(0, pool.shareOf("low").settle(0, 0, 0), 0);
        // The other queue has nothing to do until a test says so.
        others.settle(0, others.settle(0, 0, 0), 0);
    }

    private void runTurns() {
        while (!turns.isEmpty()) {
            turns.remove().run();
        }
    }

    private void othersTake(int count) {
        assertThat(others.settle(0, 0, count)).isEqualTo(count);
    }

    /** A claim that found nothing: from now on the loop knows that the queue is empty. */
    private void findNothing() {
        loop.ended(loop.next().orElseThrow(), 0);
    }

    private void start(int jobs) {
        for (int i = 0; i < jobs; i++) {
            assertThat(slots.free()).isPositive();
            slots.take();
        }
        loop.holds(0);
    }

    @Test
    void claimsAtFirstWithTheSlotsItHolds() {
        assertThat(loop.next()).contains(new ClaimStrategy.Claim(3, Duration.ZERO));
        assertThat(pool.used()).isEqualTo(3);
    }

    @Test
    void waitsForJobsWithoutHoldingASlot() {
        findNothing();

        ClaimStrategy.Claim claim = loop.next().orElseThrow();

        assertThat(pool.used()).isZero();
        assertThat(claim.patience()).isEqualTo(WAIT);
        assertThat(claim.jobs()).isBetween(1, 3);
    }

    @Test
    void looksForOneJobWhenThereIsNoSlotLeft() {
        findNothing();
        othersTake(4);

        assertThat(loop.next()).contains(new ClaimStrategy.Claim(1, WAIT));
    }

    @Test
    void startsWhatItFoundWhenAnotherQueueLeavesASlot() {
        findNothing();
        othersTake(4);
        loop.ended(loop.next().orElseThrow(), 1);
        assertThat(slots.free()).isZero();
        loop.whenReady(() -> called = true);

        others.settle(1, 0, 3);
        runTurns();

        assertThat(called).isTrue();
        assertThat(slots.free()).isEqualTo(1);
    }

    @Test
    void returnsTheSlotsThatItsClaimFoundNoJobsFor() {
        loop.ended(loop.next().orElseThrow(), 1);
        start(1);

        assertThat(pool.used()).isEqualTo(1);
        assertThat(loop.next().orElseThrow().patience()).isEqualTo(WAIT);
    }

    @Test
    void claimsOnlyWithSlotsWhileThereIsWork() {
        loop.ended(loop.next().orElseThrow(), 3);
        start(3);
        assertThat(loop.next()).isEmpty();
        loop.whenReady(() -> called = true);

        slots.giveBack(Duration.ZERO);

        assertThat(called).isTrue();
        assertThat(loop.next()).contains(new ClaimStrategy.Claim(1, Duration.ZERO));
    }

    @Test
    void setsSlotsAsideForAClaimThatIsUnderWay() {
        ClaimStrategy second = slots.strategy(WAIT, () -> 0);
        Optional<ClaimStrategy.Claim> claim = loop.next();

        assertThat(slots.free()).isZero();
        assertThat(second.next()).isEmpty();

        second.whenReady(() -> called = true);
        loop.ended(claim.orElseThrow(), 1);
        start(1);
        assertThat(called).isTrue();
        assertThat(second.next()).contains(new ClaimStrategy.Claim(2, Duration.ZERO));
    }

    @Test
    void letsItsLoopsTakeTurns() {
        ClaimStrategy second = slots.strategy(WAIT, () -> 0);
        loop.ended(loop.next().orElseThrow(), 3);
        start(3);
        ArrayDeque<String> order = new ArrayDeque<>();
        second.whenReady(() -> order.add("second"));
        loop.whenReady(() -> order.add("first"));

        slots.giveBack(Duration.ZERO);

        assertThat(order).containsExactly("second", "first");
    }

    @Test
    void asksForMoreWhenEndsAreStored() {
        loop.ended(loop.next().orElseThrow(), 3);
        start(3);
        slots.unacked(Slots.MAX_UNACKED);
        slots.giveBack(Duration.ZERO);
        assertThat(loop.next()).isEmpty();
        assertThat(pool.used()).isEqualTo(2);
        loop.whenReady(() -> called = true);

        slots.unacked(-10);

        assertThat(called).isTrue();
        assertThat(loop.next()).contains(new ClaimStrategy.Claim(1, Duration.ZERO));
    }

    @Test
    void asksForSlotsFirstAfterJobsFoundNone() {
        findNothing();
        othersTake(4);
        loop.ended(loop.next().orElseThrow(), 1);

        loop.letGo();

        assertThat(loop.next()).isEmpty();
        loop.whenReady(() -> called = true);
        others.settle(2, 0, 2);
        runTurns();
        assertThat(called).isTrue();
        assertThat(loop.next()).contains(new ClaimStrategy.Claim(2, Duration.ZERO));
    }

    @Test
    void returnsWhatItWasGrantedWhenItRests() {
        loop.ended(loop.next().orElseThrow(), 3);
        start(2);
        assertThat(pool.used()).isEqualTo(3);

        loop.rest();

        assertThat(pool.used()).isEqualTo(2);
        assertThat(loop.next().orElseThrow().patience()).isEqualTo(WAIT);
    }

    @Test
    void returnsWhatItWasGrantedWhenItStopsBeforeItStarts() {
        assertThat(pool.used()).isEqualTo(3);

        loop.close();

        assertThat(pool.used()).isZero();
    }

    @Test
    void holdsNothingButRunningJobsOnceItHasStopped() {
        loop.ended(loop.next().orElseThrow(), 2);
        start(2);

        loop.close();
        assertThat(pool.used()).isEqualTo(2);
        slots.giveBack(Duration.ZERO);
        slots.giveBack(Duration.ZERO);

        assertThat(pool.used()).isZero();
    }
}
