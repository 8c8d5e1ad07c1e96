package io.penstock.common.outbox;

import org.jspecify.annotations.Nullable;

/**
 * What one round of a relay did.
 *
 * @param relayed rows whose jobs the queue has now
 * @param repeated those among them that the queue had accepted before, from a relay that could not delete them
 * @param refused rows moved aside
 * @param more there is probably more to take at once
 * @param contended rows were left because another relay held their lanes
 * @param failure why the hand-over was broken off, what was accepted before is done; null: it was not
 */
record RelayRound(
        int relayed, int repeated, int refused, boolean more, boolean contended, @Nullable Throwable failure) {}
