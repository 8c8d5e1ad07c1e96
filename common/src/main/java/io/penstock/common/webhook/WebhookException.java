package io.penstock.common.webhook;

import java.time.Duration;
import java.util.Optional;

/** A message was not taken. Says why in our own words, which name the host alone: addresses may hold secrets. */
public final class WebhookException extends RuntimeException {

    private final boolean lasting;
    private final Optional<Duration> retryAfter;

    private WebhookException(String message, boolean lasting, Optional<Duration> retryAfter) {
        super(message, null, false, false);
        this.lasting = lasting;
        this.retryAfter = retryAfter;
    }

    static WebhookException forNow(String message, Optional<Duration> retryAfter) {
        return new WebhookException(message, false, retryAfter);
    }

    static WebhookException forGood(String message) {
        return new WebhookException(message, true, Optional.empty());
    }

    /** Asking again will change nothing. */
    public boolean isLasting() {
        return lasting;
    }

    /** How long the receiver wants to be left alone. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
