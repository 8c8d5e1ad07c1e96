package io.penstock.worker.run;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;

/**
 * The slots of one queue where all queues of the worker share: what its own limit leaves room for, and no more than
 * the {@link SlotPool} has granted. A loop that knows of work asks for slots first and claims exactly as many jobs; a
 * loop that does not know waits in Redis without holding any slot, and asks when a job comes. Confined to the queue's
 * event loop.
 */
final class SharedSlots extends Slots {

    private final SlotPool.Share share;
    private final List<Turn> turns = new ArrayList<>();
    /** Longest waiting first, so that the queue's loops take turns. */
    private final ArrayDeque<Turn> waiting = new ArrayDeque<>();
    /** Slots of the pool, as of the last settlement. */
    private int held;
    /** Of these, set aside for claims that are under way. */
    private int reserved;

    /** @param eventLoop the queue's; runs what it is given later, never at once */
    SharedSlots(int capacity, SlotPool.Share share, Executor eventLoop) {
        // A slot of the pool is granted before its job is claimed, so that weights are compared.
        super(capacity, Duration.ZERO);
        this.share = share;
        share.onGrant(() -> eventLoop.execute(() -> settle(0)));
    }

    @Override
    int free() {
        return Math.min(ownRoom(), unused());
    }

    private int ownRoom() {
        return room() - reserved;
    }

    private int unused() {
        return held - running() - reserved;
    }

    @Override
    void gaveBack() {
        settle(1);
    }

    @Override
    void roomGrew() {
        settle(0);
    }

    /** Returns what ended and what is not needed, asks for what is, and lets the loops go on that can. */
    private void settle(int ended) {
        int wanted = wanted();
        int spare = Math.max(0, unused() - ended - wanted);
        held = share.settle(ended, spare, running() + reserved + wanted);
        // Grants that were on their way may be more than is wanted by now.
        int surplus = unused() - wanted;
        if (surplus > 0) {
            held = share.settle(0, surplus, running() + reserved + wanted);
        }
        for (int left = waiting.size(); left > 0; left--) {
            Turn turn = waiting.remove();
            if (turn.isReady()) {
                turn.callBack();
            } else {
                waiting.add(turn);
            }
        }
    }

    /** Slots that could be used beyond those of running jobs and claims under way. */
    private int wanted() {
        int room = Math.max(0, ownRoom());
        int wanted = 0;
        for (Turn turn : turns) {
            wanted += turn.wants(room);
        }
        return Math.min(room, wanted);
    }

    @Override
    ClaimStrategy strategy(Duration wait, IntSupplier room) {
        Turn turn = new Turn(wait);
        turns.add(turn);
        return turn;
    }

    /** One claim loop among those of the queue. */
    private final class Turn implements ClaimStrategy {

        private final Duration wait;
        private Runnable callback = () -> {};
        private int inHand;
        private int reservedHere;
        /** As far as is known there is work: the last claim brought all it asked for. At the start nobody knows. */
        private boolean backlog = true;

        private boolean closed;

        Turn(Duration wait) {
            this.wait = wait;
        }

        int wants(int room) {
            if (closed) {
                return 0;
            }
            return backlog ? room : inHand;
        }

        boolean isReady() {
            if (inHand > 0 || backlog) {
                return free() > 0;
            }
            return ownRoom() > 0;
        }

        @Override
        public Optional<Claim> next() {
            if (ownRoom() <= 0) {
                return Optional.empty();
            }
            if (!backlog) {
                int part = Math.min(ownRoom(), share.ahead() / turns.size());
                return Optional.of(new Claim(Math.max(1, part), wait));
            }
            if (free() <= 0) {
                settle(0);
            }
            int granted = free();
            if (granted <= 0) {
                return Optional.empty();
            }
            reservedHere = granted;
            reserved += granted;
            return Optional.of(new Claim(granted, Duration.ZERO));
        }

        @Override
        public void ended(Claim claim, int brought) {
            reserved -= reservedHere;
            reservedHere = 0;
            backlog = brought >= claim.jobs();
            inHand = brought;
            settle(0);
        }

        @Override
        public void holds(int jobs) {
            inHand = jobs;
            if (unused() > SharedSlots.this.wanted()) {
                settle(0);
            }
        }

        @Override
        public void whenReady(Runnable callback) {
            this.callback = callback;
            if (!waiting.contains(this)) {
                waiting.add(this);
            }
        }

        void callBack() {
            callback.run();
        }

        @Override
        public boolean letsGo() {
            return true;
        }

        @Override
        public void letGo() {
            inHand = 0;
            backlog = true;
            settle(0);
        }

        @Override
        public void rest() {
            backlog = false;
            settle(0);
        }

        @Override
        public void close() {
            closed = true;
            settle(0);
        }
    }
}
