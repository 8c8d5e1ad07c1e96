package io.penstock.bench;

/** The measurement cannot go on; the message is for the person at the terminal. */
public final class BenchException extends RuntimeException {

    public BenchException(String message) {
        super(message);
    }
}
