package io.penstock.bench;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What can be measured. Warm-ups are as long as it took until the client's CPU time no longer fell from run
 * to run: the compiler works in the same process. */
public enum Scenario {
    QUEUE_ADD("queue-add", 60_000, 40_000),
    QUEUE_ADD_BULK("queue-add-bulk", 600_000, 2_000_000),
    WORKER_1("worker-1", 60_000, 400_000),
    WORKER_CONCURRENT("worker-concurrent", 300_000, 1_000_000),
    WORKER_HISTORY("worker-history", 200_000, 300_000),
    WORKER_UPSERT("worker-upsert", 100_000, 150_000),
    BARE_UPSERT("bare-upsert", 100_000, 150_000),
    E2E("e2e", 300_000, 1_500_000),
    PICKUP("pickup", 2_000, 6_000),
    MEMORY("memory", 100_000, 1_000),
    AT_DEPTH("at-depth", 100_000, 300_000),
    /** The number of jobs follows from rate and time. */
    STEADY("steady", 0, 600_000),
    WORKER_RSS("worker-rss", 500_000, 100_000),
    IDLE("idle", 500, 300),
    PUT_OFF("put-off", 300_000, 600_000),
    BATCH("batch", 1_000_000, 300_000),
    BATCH_MEMORY("batch-memory", 1_000_000, 50_000),
    BATCH_LIST("batch-list", 10_000, 0),
    PRODUCTS("products", 100_000, 0);

    /** Slots of the worker, and what goes on at once without one. */
    private static final int UPSERTS_UNDER_WAY = 100;

    private final String label;
    private final long defaultJobs;
    private final long warmUp;

    Scenario(String label, long defaultJobs, long warmUp) {
        this.label = label;
        this.defaultJobs = defaultJobs;
        this.warmUp = warmUp;
    }

    String label() {
        return label;
    }

    long defaultJobs() {
        return defaultJobs;
    }

    /** Jobs that go the same way before the measured ones. */
    long warmUp() {
        return warmUp;
    }

    Measurement measurement() {
        return switch (this) {
            case QUEUE_ADD -> new EnqueueOneByOne();
            case QUEUE_ADD_BULK -> new EnqueueInBulk();
            case WORKER_1 -> new WorkOff(1);
            case WORKER_CONCURRENT -> new WorkOff(100);
            case WORKER_HISTORY -> new WorkOffWithHistory(100);
            case WORKER_UPSERT -> new WorkOffWithUpserts(UPSERTS_UNDER_WAY);
            case BARE_UPSERT -> new UpsertsAlone(UPSERTS_UNDER_WAY);
            case E2E -> new EndToEnd();
            case PICKUP -> new PickUp();
            case MEMORY -> new QueueMemory();
            case AT_DEPTH -> new AtDepth(100);
            case STEADY -> new Steady(100);
            case WORKER_RSS -> new WorkerMemory();
            case IDLE -> new AtRest();
            case PUT_OFF -> new PutOff();
            case BATCH -> new BatchItems();
            case BATCH_MEMORY -> new BatchMemory();
            case BATCH_LIST -> new BatchList();
            case PRODUCTS -> new ProductSweep();
        };
    }

    public static Optional<Scenario> named(String label) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.label.equals(label))
                .findFirst();
    }

    static String allLabels() {
        return Arrays.stream(values()).map(Scenario::label).collect(Collectors.joining(", "));
    }
}
