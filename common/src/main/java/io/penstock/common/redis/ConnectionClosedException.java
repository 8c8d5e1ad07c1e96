package io.penstock.common.redis;

/** The link was closed before the command was sent; it has not taken effect. */
final class ConnectionClosedException extends NotSentException {

    ConnectionClosedException(String link) {
        super("link '" + link + "' is closed");
    }
}
