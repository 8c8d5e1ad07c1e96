package io.penstock.common.figures;

/** How figures are named between workers and whoever keeps them: {@code <queue>|<what>}. Names of queues hold no bar. */
public final class FigureNames {

    static final char BETWEEN = '|';
    static final String COMPLETED = "c";
    static final String FAILED = "f";
    static final String DIED = "d";
    static final String DROPPED = "x";
    static final String WAITED = "w";
    static final String RAN = "r";

    private FigureNames() {}

    public static String completed(String queue) {
        return queue + BETWEEN + COMPLETED;
    }

    /** Attempts that are made again. */
    public static String failed(String queue) {
        return queue + BETWEEN + FAILED;
    }

    public static String died(String queue) {
        return queue + BETWEEN + DIED;
    }

    /** Cancelled or expired. */
    public static String dropped(String queue) {
        return queue + BETWEEN + DROPPED;
    }

    public static String waited(String queue, int bucket) {
        return queue + BETWEEN + WAITED + bucket;
    }

    public static String ran(String queue, int bucket) {
        return queue + BETWEEN + RAN + bucket;
    }
}
