package io.penstock.common.flow;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An upstream is at fault: it cannot be reached, is too slow, answers with an error or with nonsense. Worth a retry. */
public final class UpstreamFaultException extends RuntimeException {

    private final Optional<Duration> retryAfter;

    /** @param message what went wrong, without addresses that carry secrets: it is kept with the job */
    public UpstreamFaultException(String message) {
        this(message, (Throwable) null);
    }

    public UpstreamFaultException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.retryAfter = Optional.empty();
    }

    /** @param retryAfter how long the upstream wants to be left alone */
    public UpstreamFaultException(String message, Optional<Duration> retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
