package io.penstock.common.queue;

/** A payload over {@code penstock.payload-limit}. */
public final class PayloadTooLargeException extends RuntimeException {

    public PayloadTooLargeException(long limitBytes) {
        super("the payload is larger than " + limitBytes + " bytes");
    }
}
