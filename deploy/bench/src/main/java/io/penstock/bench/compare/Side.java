package io.penstock.bench.compare;

/** Who is measured. */
enum Side {
    BULLMQ("bullmq", "BullMQ"),
    BEE_QUEUE("bee-queue", "bee-queue"),
    PENSTOCK("penstock", "Penstock"),
    /** What the handler does, done without any queue. */
    NO_QUEUE("no-queue", "no queue");

    private final String label;
    private final String title;

    Side(String label, String title) {
        this.label = label;
        this.title = title;
    }

    /** In programs: for a peer its name on npm. */
    String label() {
        return label;
    }

    /** For people. */
    String title() {
        return title;
    }
}
