package io.penstock.common.batch;

/**
 * How many items the next chunks take. Large chunks cost less; small ones let others in sooner, and lose less where items fail.
 *
 * @param why what decided it
 */
record ChunkSize(int size, String why) {

    private static final int MUCH = 1_000;
    private static final int LITTLE = 100;
    /** Growth by backlog ends here, as does shrinking. */
    private static final int LARGEST = 100;

    private static final int SMALLEST = 10;
    private static final int SMALLEST_WITH_ERRORS = 5;
    private static final double MANY_ERRORS = 0.1;

    /**
     * The size after a look.
     *
     * @param backlog items that are not begun
     * @param done items that ended since the last look
     * @param failed those of them that failed
     */
    static ChunkSize after(int size, long backlog, long done, long failed) {
        if (done > 0 && failed > MANY_ERRORS * done) {
            return new ChunkSize(
                    Math.min(size, Math.max(SMALLEST_WITH_ERRORS, size / 2)), failed + " of " + done + " items failed");
        }
        if (backlog > MUCH) {
            return new ChunkSize(Math.max(size, Math.min(LARGEST, size * 3 / 2)), "backlog " + backlog);
        }
        if (backlog < LITTLE) {
            return new ChunkSize(Math.min(size, Math.max(SMALLEST, size * 4 / 5)), "backlog " + backlog);
        }
        return new ChunkSize(size, "backlog " + backlog);
    }
}
