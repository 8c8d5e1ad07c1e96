package io.penstock.api.security;

import io.penstock.common.access.LoggedIn;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who can log in.
 *
 * @param name in lower case; what one logs in with
 * @param displayName null: none but the name
 * @param passwordHash null: logs in by links only
 * @param version grows with whatever ends the user's sessions
 * @param lastLogInAt null: never yet
 */
record User(
        UUID id,
        String name,
        @Nullable String displayName,
        Role role,
        @Nullable String passwordHash,
        boolean disabled,
        long version,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant lastLogInAt) {

    LoggedIn loggedIn() {
        return new LoggedIn(id.toString(), name, role.text(), Long.toString(version));
    }
}
