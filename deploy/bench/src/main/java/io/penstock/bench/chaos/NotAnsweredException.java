package io.penstock.bench.chaos;

/** A server was asked and did not answer, or refused. */
final class NotAnsweredException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotAnsweredException(String message, Throwable cause) {
        super(message, cause);
    }
}
