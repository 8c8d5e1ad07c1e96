package io.penstock.common.queue;

import java.time.Instant;

/**
 * What became of the wish to stop a running job.
 *
 * @param requestedAt when it was asked to stop, by the store's clock
 */
public record Cancellation(Instant requestedAt, Status status) {

    /** How the job took it. */
    public enum Status {
        /** It still runs; nobody knows yet. */
        REQUESTED,
        /** It stopped. */
        ACKNOWLEDGED,
        /** It had to be cut off; what its handler still did was refused. */
        FORCED
    }
}
