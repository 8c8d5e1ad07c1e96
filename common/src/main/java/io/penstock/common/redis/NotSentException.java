package io.penstock.common.redis;

/** A command did not leave this process; it has not taken effect. */
public class NotSentException extends IllegalStateException {

    NotSentException(String message) {
        super(message);
    }
}
