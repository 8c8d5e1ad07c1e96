package io.penstock.bench.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a run is asked for.
 *
 * @param jobs to be accepted, of all producers together
 * @param workers at least 2: the first is spared by what ends a process
 * @param fire how long faults strike
 * @param every time between two faults
 * @param seed of all that is drawn
 * @param lease of the workers
 * @param maxStalls how often a job may lose its worker
 * @param atOnce jobs of calls that a producer has under way at most
 * @param deadline within which a producer must have its answer
 * @param topology what it stands on
 * @param oldBench a jar of an older build that half of the workers run from
 */
record Plan(
        int jobs,
        int producers,
        int workers,
        Duration fire,
        Duration every,
        long seed,
        Duration lease,
        int maxStalls,
        int atOnce,
        Duration deadline,
        SingleServerTopology.Fsync fsync,
        Topology.Kind topology,
        Optional<Path> oldBench) {

    /** Starts what the run stands on. The caller closes it. */
    Topology newGround() {
        return switch (topology) {
            case ONE -> new SingleServerTopology(fsync, seed, lease);
            case SENTINEL -> new SentinelTopology(fsync, seed);
            case CLUSTER -> new RedisClusterTopology(fsync, seed);
        };
    }
}
