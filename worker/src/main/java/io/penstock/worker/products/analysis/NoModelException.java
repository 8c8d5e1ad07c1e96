package io.penstock.worker.products.analysis;

/** The model writes nothing this time, and rules do instead. Its message is the reason that the report gives: no address, no secret. */
final class NoModelException extends RuntimeException {

    NoModelException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
