package io.penstock.bench;

/**
 * What a job carries that notes when it was due: about as much as others do.
 *
 * @param due by {@link System#nanoTime}, which on Linux is one clock for all processes of a machine
 */
record DuePayload(long due, String text) {

    private static final String TEXT =
            Payload.ofJsonBytes(BulkProducer.JSON_BYTES).text();

    static DuePayload at(long due) {
        return new DuePayload(due, TEXT);
    }
}
