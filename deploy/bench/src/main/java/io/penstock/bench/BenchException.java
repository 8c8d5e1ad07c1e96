package io.penstock.bench;

/** The measurement cannot go on; the message is for the person at the terminal. */
final class BenchException extends RuntimeException {

    BenchException(String message) {
        super(message);
    }
}
