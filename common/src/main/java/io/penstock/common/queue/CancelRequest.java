package io.penstock.common.queue;

import java.time.Instant;

/**
 * Somebody wants a running job stopped.
 *
 * @param requestedAt by the store's clock; the queue's grace runs from there
 */
public record CancelRequest(ClaimedJob job, Instant requestedAt) {}
