package io.penstock.common.queue;

import java.util.List;

/**
 * An enqueue call that may be a repetition.
 *
 * @param key what the producer named it
 * @param fingerprint of all that was asked for, see {@link IdempotencyKey#digest(List)}; a repetition has the same
 */
public record IdempotentCall(IdempotencyKey key, String fingerprint) {}
