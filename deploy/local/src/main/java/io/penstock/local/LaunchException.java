package io.penstock.local;

/** The run cannot go on; the message says why, in words for the person at the terminal. */
class LaunchException extends RuntimeException {

    private static final long serialVersionUID = 1;

    LaunchException(String message) {
        super(message);
    }

    LaunchException(String message, Throwable cause) {
        super(message, cause);
    }
}
