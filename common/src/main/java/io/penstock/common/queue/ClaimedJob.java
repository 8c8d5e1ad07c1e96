package io.penstock.common.queue;

import io.penstock.common.job.JobLabels;
import io.penstock.common.job.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job under a lease.
 *
 * @param lease token of this lease; it changes with every claim, so that a late worker cannot end another's run
 * @param id the job's id, the same for all its life
 * @param failedAttempts attempts used up so far
 * @param maxAttempts attempts in all, 1 or more
 * @param stalls how often the job lost its worker
 * @param payload JSON text as it is stored, perhaps sealed: {@link PayloadCodec#decode} reads it
 * @param enqueuedAt when the job was accepted
 * @param readyAt when it became ready to run this time
 * @param labels group, tenant and tags
 * @param expiresAt not to be started after that; null: whenever
 * @param payloadVersion which form the payload has, see {@link io.penstock.common.job.JobType#version()}
 * @param trace where in a trace it was asked for, see {@link io.penstock.common.trace.TraceParent}; null: in none
 */
public record ClaimedJob(
        Lease lease,
        String id,
        String type,
        int priority,
        int failedAttempts,
        int maxAttempts,
        int stalls,
        Duration timeout,
        RetryPolicy retry,
        String payload,
        Instant enqueuedAt,
        Instant readyAt,
        JobLabels labels,
        @Nullable Instant expiresAt,
        int payloadVersion,
        boolean isGathered,
        @Nullable String trace) {

    /** What the store needs to find the lease again; meaningless to anybody else. */
    public interface Lease {}

    /** A job that gathered nothing and is in no trace. */
    public ClaimedJob(
            Lease lease,
            String id,
            String type,
            int priority,
            int failedAttempts,
            int maxAttempts,
            int stalls,
            Duration timeout,
            RetryPolicy retry,
            String payload,
            Instant enqueuedAt,
            Instant readyAt,
            JobLabels labels,
            @Nullable Instant expiresAt,
            int payloadVersion) {
        this(
                lease,
                id,
                type,
                priority,
                failedAttempts,
                maxAttempts,
                stalls,
                timeout,
                retry,
                payload,
                enqueuedAt,
                readyAt,
                labels,
                expiresAt,
                payloadVersion,
                false,
                null);
    }

    /** The same with another payload, which is no array of items. */
    ClaimedJob withPayload(String other) {
        return copy(other, false, trace);
    }

    /** The same at another place in a trace. */
    public ClaimedJob tracedBy(String traceParent) {
        return copy(payload, isGathered, traceParent);
    }

    private ClaimedJob copy(String itsPayload, boolean gathered, @Nullable String itsTrace) {
        return new ClaimedJob(
                lease,
                id,
                type,
                priority,
                failedAttempts,
                maxAttempts,
                stalls,
                timeout,
                retry,
                itsPayload,
                enqueuedAt,
                readyAt,
                labels,
                expiresAt,
                payloadVersion,
                gathered,
                itsTrace);
    }

    /** 1 for the first attempt. */
    public int attempt() {
        return failedAttempts + 1;
    }
}
