package io.penstock.bench.chaos;

import io.penstock.bench.Pause;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** A master dies; a replica takes over; the dead one comes back as a replica. One group of servers at a time. */
final class LossOfMaster implements Fault {

    private static final int LONGEST_AWAY_MS = 400;

    private final List<ReplicaGroup> groups;
    private final Random random;

    LossOfMaster(List<ReplicaGroup> groups, Random random) {
        this.groups = groups;
        this.random = random;
    }

    @Override
    public String kind() {
        return "kill -9 the master";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(3);
    }

    @Override
    public boolean isPossible() {
        return groups.stream().allMatch(ReplicaGroup::isInStep);
    }

    @Override
    public void strike(FaultLog log) {
        ReplicaGroup group = groups.get(random.nextInt(groups.size()));
        if (!group.claim()) {
            return;
        }
        try {
            ProxiedRedis master = group.master();
            long from = System.currentTimeMillis();
            master.kill();
            log.takeover(kind(), from, group.awaitTakeover());
            // That it stays away for a moment longer is part of the fault.
            Pause.of(Duration.ofMillis(random.nextInt(LONGEST_AWAY_MS)));
            master.startAgain();
            group.awaitInStep();
        } finally {
            group.release();
        }
    }
}
