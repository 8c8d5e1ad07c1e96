package io.penstock.common.job;

import org.jspecify.annotations.Nullable;

/** Thrown by a handler to fail its job for good: no retry can help. */
public final class UnrecoverableJobException extends RuntimeException {

    public UnrecoverableJobException(String message) {
        this(message, null);
    }

    public UnrecoverableJobException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
