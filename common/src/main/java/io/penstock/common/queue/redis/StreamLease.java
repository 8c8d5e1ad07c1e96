package io.penstock.common.queue.redis;

import io.penstock.common.queue.ClaimedJob;

/**
 * The lease is the pending stream entry itself.
 *
 * @param stream number of the stream
 * @param entry entry id; a rescue writes the job under a new one, so that this one can no longer be ended
 * @param header the job's header as it was claimed
 */
record StreamLease(int stream, String entry, JobHeader header) implements ClaimedJob.Lease {

    static StreamLease of(ClaimedJob job) {
        return (StreamLease) job.lease();
    }
}
