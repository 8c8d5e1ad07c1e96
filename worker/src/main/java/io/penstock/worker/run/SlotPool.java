package io.penstock.worker.run;

import io.penstock.common.queue.QueuePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The slots that all queues of one worker share. Each queue has a {@link Share} and says through it how many slots it
 * could use; what is free goes at once to whoever is due: in weighted mode the queue that is furthest behind its share,
 * in strict mode the first one in order. A slot is granted before its job is claimed, so that weights are compared
 * without keeping jobs from other workers; a queue that finds no job for it returns it and is not charged.
 *
 * <p>Weighted mode is stride scheduling: every grant moves a queue's pass on by 1/weight, and the lowest pass is due. A
 * queue that had nothing to ask for joins at the virtual time, which is the pass of the latest grant: time spent idle
 * is not saved up.
 *
 * <p>Called from the event loops of all queues, under one short lock.
 */
public final class SlotPool {

    /** A weight of 1 moves on by so much. Divisible by all numbers to 16, so that usual weights add up exactly. */
    private static final long STRIDE = 720_720;

    private final int capacity;
    private final Sharing sharing;
    private final List<Share> shares = new ArrayList<>();
    private final int totalWeight;
    private int used;
    private long virtualTime;
    private boolean closed;

    /**
     * Grants the first slots at once, as if every queue had work: whoever has not returns them.
     *
     * @param capacity jobs that may run at once in all queues together
     * @param inOrder the queues that share; in strict mode the first goes first, in weighted mode it wins ties
     */
    public SlotPool(int capacity, Sharing sharing, List<QueuePolicy> inOrder) {
        if (capacity < 1) {
            throw new IllegalArgumentException("penstock.worker.slots is " + capacity + ", must be at least 1");
        }
        this.capacity = capacity;
        this.sharing = sharing;
        inOrder.forEach(policy -> shares.add(new Share(policy)));
        this.totalWeight =
                inOrder.stream().mapToInt(policy -> policy.slots().weight()).sum();
        grantFree(new ArrayList<>());
    }

    /** Fails for a queue that does not share. */
    Share shareOf(String queue) {
        return shares.stream()
                .filter(share -> share.queue.equals(queue))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("queue '" + queue + "' has no share of the slots"));
    }

    /** Slots that queues hold, with or without a job running on them. */
    synchronized int used() {
        return used;
    }

    /** Grants nothing more: what a queue that stops gives back must not start jobs of one that stops a moment later. */
    synchronized void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return capacity + " slots, " + sharing.name().toLowerCase(Locale.ROOT);
    }

    private void grantFree(List<Runnable> tellLater) {
        while (used < capacity && !closed) {
            Share due = null;
            for (Share share : shares) {
                if (share.isAsking() && (due == null || share.goesBefore(due))) {
                    due = share;
                }
            }
            if (due == null) {
                return;
            }
            used++;
            due.grant(tellLater);
        }
    }

    /** One queue's part of the pool. */
    final class Share {

        private final String queue;
        private final int weight;
        private final long stride;
        private int held;
        private int target;
        private long pass;
        private Runnable onGrant = () -> {};
        private boolean told;

        private Share(QueuePolicy policy) {
            this.queue = policy.queue();
            this.weight = policy.slots().weight();
            this.stride = Math.max(1, STRIDE / weight);
            this.target = policy.slots().concurrency();
        }

        /** @param callback told once, on any thread, when slots were granted since the last settlement */
        void onGrant(Runnable callback) {
            synchronized (SlotPool.this) {
                onGrant = callback;
                // Whoever comes to listen settles first.
                told = true;
            }
        }

        /**
         * Returns slots and says how many are needed.
         *
         * @param ended slots to return whose job has ended
         * @param unused slots to return that no job ran on; they are not charged
         * @param target how many slots the queue could hold now, those with running jobs among them
         * @return the slots it holds now, all grants included; never more than {@code target}, unless it kept more
         */
        int settle(int ended, int unused, int target) {
            List<Runnable> toTell = new ArrayList<>(0);
            int holds;
            synchronized (SlotPool.this) {
                boolean joins = !isAsking();
                held -= ended + unused;
                used -= ended + unused;
                pass -= unused * stride;
                this.target = target;
                if (joins && isAsking()) {
                    pass = Math.max(pass, virtualTime);
                }
                // The caller sees its own grants in the answer.
                told = true;
                grantFree(toTell);
                told = false;
                holds = held;
            }
            toTell.forEach(Runnable::run);
            return holds;
        }

        /** How many jobs to look for without a slot: the queue's part of what is free, at least 1. */
        int ahead() {
            synchronized (SlotPool.this) {
                return Math.max(1, (int) ((long) (capacity - used) * weight / totalWeight));
            }
        }

        private boolean isAsking() {
            return held < target;
        }

        private boolean goesBefore(Share earlierInOrder) {
            return sharing == Sharing.WEIGHTED && pass < earlierInOrder.pass;
        }

        private void grant(List<Runnable> tellLater) {
            held++;
            virtualTime = Math.max(virtualTime, pass);
            pass += stride;
            if (!told) {
                told = true;
                tellLater.add(onGrant);
            }
        }
    }
}
