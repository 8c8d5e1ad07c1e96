package io.penstock.bench;

/** The program cannot go on; the message is for the person at the terminal. */
public class BenchException extends RuntimeException {

    public BenchException(String message) {
        super(message);
    }

    protected BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
