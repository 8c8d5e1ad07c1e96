package io.penstock.common.queue;

/** An idempotency key was used before, for a call that asked for something else. Nothing was stored. */
public final class IdempotencyKeyReusedException extends RuntimeException {

    public IdempotencyKeyReusedException() {
        super("the idempotency key was used before for another request");
    }
}
