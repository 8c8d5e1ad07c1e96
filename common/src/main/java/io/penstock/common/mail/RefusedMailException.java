package io.penstock.common.mail;

/** The mail server refuses this mail for good, as a rule because there is no such recipient, and is well. */
public final class RefusedMailException extends RuntimeException {

    RefusedMailException(String message) {
        super(message, null, false, false);
    }
}
