package io.penstock.worker.run;

import io.penstock.common.queue.ClaimedJob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The started jobs of one claim loop, from their start until their end is stored, so that the lease keeper renews exactly
 * those. The one place that takes slots and gives them back, each once: a job that ended well gives its slot back at once
 * and stays here without one, any other keeps it. Confined to the queue's event loop.
 */
final class LeasedJobs {

    private final Slots slots;
    private final Set<RunningJob> withSlot = Collections.newSetFromMap(new IdentityHashMap<>());
    /** Ended well, but that is not stored yet. */
    private final Set<RunningJob> unacked = Collections.newSetFromMap(new IdentityHashMap<>());

    LeasedJobs(Slots slots) {
        this.slots = slots;
    }

    /** A slot is free. */
    void add(RunningJob job) {
        slots.take();
        withSlot.add(job);
    }

    /** Gives the slot back, while the lease is kept until the end is stored. */
    void keepWithoutSlot(RunningJob job) {
        if (withSlot.remove(job)) {
            unacked.add(job);
            slots.unacked(1);
            slots.giveBack(job.ran());
        }
    }

    /** Nothing is left to do for the job here: its end is stored, given up, or another worker's. */
    void release(RunningJob job) {
        if (withSlot.remove(job)) {
            slots.giveBack(job.ran());
        } else if (unacked.remove(job)) {
            slots.unacked(-1);
        }
    }

    /** A copy: jobs may end while it is gone through. */
    List<RunningJob> running() {
        return List.copyOf(withSlot);
    }

    /** Jobs that handlers are working on. */
    Collection<ClaimedJob> atWork() {
        return withSlot.stream().map(RunningJob::claimed).toList();
    }

    /** Jobs whose leases have to be kept. */
    Collection<ClaimedJob> leased() {
        List<ClaimedJob> jobs = new ArrayList<>(size());
        withSlot.forEach(job -> jobs.add(job.claimed()));
        unacked.forEach(job -> jobs.add(job.claimed()));
        return jobs;
    }

    int slotsTaken() {
        return withSlot.size();
    }

    /** With and without a slot. */
    int size() {
        return withSlot.size() + unacked.size();
    }

    /** True when every end is stored. */
    boolean isEmpty() {
        return withSlot.isEmpty() && unacked.isEmpty();
    }
}
