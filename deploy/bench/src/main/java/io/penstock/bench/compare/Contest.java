package io.penstock.bench.compare;

import static io.penstock.bench.compare.Side.BEE_QUEUE;
import static io.penstock.bench.compare.Side.BULLMQ;
import static io.penstock.bench.compare.Side.NO_QUEUE;
import static io.penstock.bench.compare.Side.PENSTOCK;

import io.penstock.bench.Scenario;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A scenario that several sides go through with the same number of jobs. It has the name of Penstock's scenario in
 * {@code deploy/bench/run}. Peers warm up with as many jobs as it took until their CPU time no longer fell; Penstock
 * with the number that {@code deploy/bench/run} has for it. As many jobs are measured as keep the fastest side busy for
 * about a second, and as put a hundred samples beyond a p99.
 */
enum Contest {
    QUEUE_ADD("queue-add", 60_000, 20_000),
    QUEUE_ADD_BULK("queue-add-bulk", 600_000, 40_000),
    WORKER_CONCURRENT("worker-concurrent", 300_000, 40_000),
    WORKER_1("worker-1", 60_000, 20_000),
    E2E("e2e", 300_000, 40_000),
    MEMORY("memory", 100_000, 1_000),
    PICKUP("pickup", 10_000, 2_000),
    /** Here no peer takes part: what the queue costs is seen against the same work without one. */
    WORKER_UPSERT("worker-upsert", 100_000, 150_000);

    private static final String UPSERTS_WITHOUT_QUEUE = "bare-upsert";

    private final String label;
    private final long jobs;
    private final long peersWarmUp;

    Contest(String label, long jobs, long peersWarmUp) {
        this.label = label;
        this.jobs = jobs;
        this.peersWarmUp = peersWarmUp;
    }

    String label() {
        return label;
    }

    long jobs() {
        return jobs;
    }

    long peersWarmUp() {
        return peersWarmUp;
    }

    /** In the order of their turns. The first is the one the others are compared with. */
    List<Side> sides() {
        return this == WORKER_UPSERT ? List.of(NO_QUEUE, PENSTOCK) : List.of(BULLMQ, BEE_QUEUE, PENSTOCK);
    }

    Side base() {
        return sides().get(0);
    }

    /** What a side's program calls this scenario. */
    String scenarioOf(Side side) {
        return side == NO_QUEUE ? UPSERTS_WITHOUT_QUEUE : label;
    }

    /** Whether this build of {@code deploy/bench/run} can measure it. */
    boolean isKnown() {
        return Scenario.named(label).isPresent();
    }

    static Optional<Contest> named(String label) {
        return Arrays.stream(values())
                .filter(contest -> contest.label.equals(label))
                .findFirst();
    }

    static String allLabels() {
        return Arrays.stream(values()).map(Contest::label).collect(Collectors.joining(", "));
    }
}
