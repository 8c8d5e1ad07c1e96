package io.penstock.cli;

/** Ends the run with a line for people and a code for scripts. */
final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int exitCode;

    ApiException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
