package io.penstock.common.queue.redis;

/** A stored job that this version cannot read. */
final class UnreadableJobException extends RuntimeException {

    UnreadableJobException(String message) {
        super(message);
    }
}
