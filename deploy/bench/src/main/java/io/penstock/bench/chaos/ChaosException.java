package io.penstock.bench.chaos;

/** The run cannot go on; the message is for the person at the terminal. */
public final class ChaosException extends RuntimeException {

    public ChaosException(String message) {
        super(message);
    }

    public ChaosException(String message, Throwable cause) {
        super(message, cause);
    }
}
