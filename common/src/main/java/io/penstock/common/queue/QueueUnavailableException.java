package io.penstock.common.queue;

import org.jspecify.annotations.Nullable;

/** The store of the queues did not answer in time, refused the write or has no room. Nothing is known to be stored. */
public final class QueueUnavailableException extends RuntimeException {

    public QueueUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
