package io.penstock.common.queue;

import java.time.Instant;

/**
 * Somebody wants a running job stopped.
 *
 * @param askedAt by the store's clock; the queue's grace runs from there
 */
public record StopRequest(ClaimedJob job, Instant askedAt) {}
