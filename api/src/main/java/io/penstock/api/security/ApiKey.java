package io.penstock.api.security;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key as it is known after it was made: everything but the key.
 *
 * @param scope which jobs it reaches
 * @param expiresAt null: never
 * @param revokedAt null: not revoked
 * @param lastUsedAt accurate to some minutes; null: not used yet
 */
record ApiKey(
        UUID id,
        String name,
        Role role,
        Scope scope,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt) {}
