package io.penstock.api.problem;

import org.jspecify.annotations.Nullable;

/** PostgreSQL did not answer in time or cannot be reached. */
public final class DatabaseUnavailableException extends RuntimeException {

    public DatabaseUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
