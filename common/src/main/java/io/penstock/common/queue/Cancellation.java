package io.penstock.common.queue;

import java.time.Instant;

/**
 * What became of the wish to stop a running job.
 *
 * @param askedAt when it was asked to stop, by the store's clock
 */
public record Cancellation(Instant askedAt, Heed heed) {

    /** How the job took it. */
    public enum Heed {
        /** It still runs; nobody knows yet. */
        ASKED,
        /** It stopped. */
        OBEYED,
        /** It had to be cut off; what its handler still did was refused. */
        IGNORED
    }
}
