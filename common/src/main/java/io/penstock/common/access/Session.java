package io.penstock.common.access;

import java.time.Instant;

/**
 * A session that has not ended.
 *
 * @param expiresAt when it ends unless it is used before
 */
public record Session(LoggedIn who, Instant createdAt, Instant expiresAt) {}
