package io.penstock.common.batch;

/** The batch is not in a state that allows this. */
public final class BatchStateException extends RuntimeException {

    public BatchStateException(String message) {
        super(message);
    }
}
