package io.penstock.bench.chaos;

import io.penstock.bench.BenchException;

/** The run cannot go on; the message is for the person at the terminal. */
public final class ChaosException extends BenchException {

    public ChaosException(String message) {
        super(message);
    }

    public ChaosException(String message, Throwable cause) {
        super(message, cause);
    }
}
